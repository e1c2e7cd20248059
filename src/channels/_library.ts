import { ChannelFailure } from './port.js'

/** Loads the library of a channel; one that is not installed is said in words, with the command that helps. */
export async function loadLibrary<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown
    throw new ChannelFailure('auth', `${name} is not installed. Run: npm install ${name}`)
  }
}

/** By import, by a require inside of it, or through a loader of modules, which keeps the words alone. */
function isMissing(thrown: unknown): boolean {
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown }
  return /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(code)) || /^Cannot find (?:package|module) /.test(String(message))
}
