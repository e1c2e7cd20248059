import { cleanLogin } from '../../auth/tailscale/login.js'
import type { Whois, WhoisAnswer, WhoisFailure } from '../../auth/tailscale/whois.js'
import type { Env } from '../../instance/types.js'
import { type RunEnd, runLimitMs, runTailscale } from './run.js'

/** What control servers call the user of machines that belong to nobody. */
const taggedLogin = 'tagged-devices'

/** Asks the Tailscale daemon through its program: `tailscale whois --json <ip>`. */
export function tailscaleWhois(env: Env, limitMs = runLimitMs): Whois {
  return async (ip, signal) => {
    const end = await runTailscale(['whois', '--json', ip], { env, signal, limitMs })
    return end.kind === 'done' ? readAnswer(end.stdout) : failed(problems[end.kind], end.detail)
  }
}

const problems: Record<Exclude<RunEnd['kind'], 'done'>, string> = {
  missing: 'the gateway did not find the tailscale program. Install it where the gateway runs, or add it to its PATH',
  spawn: 'the gateway could not start the tailscale program',
  exit: 'it does not know your address. Run "tailscale status" where the gateway runs',
  timeout: 'it did not answer in time. Run "tailscale status" where the gateway runs',
  output: 'its answer was too long',
  stopped: 'the gateway is stopping',
}

/** The shape is `apitype.WhoIsResponse` of tailscale/client; only what says whose machine it is, is looked at. */
export function readAnswer(text: string): WhoisAnswer {
  const answer = objectOf(parse(text))
  const tags = objectOf(answer?.Node)?.Tags
  const told = objectOf(answer?.UserProfile)?.LoginName
  const login = typeof told === 'string' ? cleanLogin(told) : undefined
  if ((Array.isArray(tags) && tags.length > 0) || login === taggedLogin) return { kind: 'tagged' }
  if (!answer?.Node || login === undefined) return failed('its answer could not be understood', text.slice(0, 100))
  return { kind: 'user', login }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
}

function failed(problem: string, detail: string): WhoisFailure {
  return { kind: 'failed', problem, ...(detail !== '' && { detail }) }
}
