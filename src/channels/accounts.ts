import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../config/types.js'
import { codeRoot } from '../kernel/code-root.js'
import { knownChannels } from './known.js'
import type { Account, Channel } from './port.js'

const folder = join(codeRoot, 'src', 'channels')
/** The account whose keys stand in the channel's section itself. */
export const mainAccount = 'default'

type Keys = Readonly<Record<string, unknown>>
type Env = Readonly<Record<string, string | undefined>>

/** Channels that this version can run: the folders here that have an index. */
export function channelNames(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .filter(({ name }) => readdirSync(join(folder, name)).some((file) => /^index\.[jt]s$/.test(file)))
    .map(({ name }) => name)
}

/** Reads the code of a channel; its library is read when an account is opened. */
export async function loadChannel(name: string): Promise<Channel> {
  const module: { readonly default: Channel } = await import(pathToFileURL(join(folder, name, 'index.js')).href)
  return module.default
}

/**
 * The accounts of a channel that are to run: enabled and complete. The section's own keys are the default account, and
 * what the others leave unset; variables stand in for the default account alone (spec/runtime.md 2.0).
 */
export function accountsOf(config: Config, channel: string, { needs }: Channel, env: Env): Account[] {
  const section = (config.channels as Readonly<Record<string, Keys | undefined>> | undefined)?.[channel]
  if (!section || section.enabled === false) return []
  const { accounts = {}, ...shared } = section
  const complete = (keys: Keys) => needs.some((set) => set.every((key) => isSet(keys[key])))
  const fromEnv = Object.fromEntries(
    Object.entries(knownChannels[channel]?.env ?? {}).flatMap(([key, name]) =>
      isSet(env[name]) ? [[key, env[name]]] : [],
    ),
  )
  const own: Account = { channel, id: mainAccount, keys: { ...fromEnv, ...shared }, path: `channels.${channel}` }
  const named = Object.entries(accounts as Readonly<Record<string, Keys>>).map(
    ([id, keys]): Account => ({
      channel,
      id,
      // A list of groups is a wall: one of an account takes the place of the shared one, and is not laid over it.
      keys: { ...sharedWith(shared, keys, needs), ...keys },
      path: `channels.${channel}.accounts.${id}`,
    }),
  )
  const others = named.filter(({ keys }) => keys.enabled !== false && complete(keys))
  const hasOwn = !named.some(({ id }) => id === mainAccount) && complete(own.keys)
  // Keys of the section that all accounts bring themselves make no account of its own.
  const isShared = named.length > 0 && !complete({ ...fromEnv, ...shared })
  return hasOwn && !isShared ? [own, ...others] : others
}

/**
 * What an account takes from its section. A secret of its own keeps away those that would stand in its place: a file with
 * the token of another bot, beside a token.
 */
function sharedWith(shared: Keys, keys: Keys, needs: Channel['needs']): Keys {
  const own = needs.flat().filter((key) => key in keys)
  if (own.length === 0) return shared
  const needed = new Set(needs.flat())
  const goesWith = (key: string) => needs.some((set) => set.includes(key) && own.every((one) => set.includes(one)))
  return Object.fromEntries(Object.entries(shared).filter(([key]) => !needed.has(key) || key in keys || goesWith(key)))
}

/** A variable that was not set leaves its text. */
const isSet = (value: unknown) => value !== undefined && value !== '' && !/^\$\{/.test(String(value))
