const officialRoot = 'https://api.telegram.org'
const limitMs = 10_000

export type BotCheck =
  | { readonly ok: true; readonly name: string }
  /** `refused`: Telegram does not know the token. `unreachable`: it could not be asked. */
  | { readonly ok: false; readonly why: 'refused' | 'unreachable' }

/** Asks the Bot API whose token this is (getMe). Never rejects; the token is in nothing that it gives. */
export async function checkBotToken(token: string, apiRoot = officialRoot, signal?: AbortSignal): Promise<BotCheck> {
  // The token is part of the path as it is; nothing else may get there.
  if (!/^\d+:[A-Za-z0-9_-]+$/.test(token)) return { ok: false, why: 'refused' }
  try {
    const ended = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
    const url = `${apiRoot.replace(/\/+$/, '')}/bot${token}/getMe`
    const response = await fetch(url, { signal: ended, redirect: 'error' })
    const body: unknown = await response.json()
    const name: unknown = Object(Object(body).result).username
    if (response.ok && typeof name === 'string') return { ok: true, name: name.slice(0, 64) }
    return { ok: false, why: response.status === 401 || response.status === 404 ? 'refused' : 'unreachable' }
  } catch {
    return { ok: false, why: 'unreachable' }
  }
}
