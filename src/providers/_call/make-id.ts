import { randomBytes } from 'node:crypto'

/** As OpenAI makes them: `call_` and 24 letters and digits (spec/http.md section 6.1). */
export function makeCallId(): string {
  return `call_${randomBytes(18).toString('base64').replace(/[+/]/g, 'x')}`
}
