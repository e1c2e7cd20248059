import { join } from 'node:path'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { Env, Instance } from '../../src/instance/types.js'
import { serviceSpec } from '../../src/service/spec.js'
import type { ManagerKind, ServiceSpec } from '../../src/service/types.js'

/** Names of folders that people have, and that quoting gets wrong. */
export const oddNames: readonly string[] = [
  'with a space',
  'two  spaces',
  'double"quote',
  "it's",
  'back\\slash and\\',
  '100%h %% %',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a dollar and a brace in the name of a folder
  '$HOME ${HOME} $$ $1',
  '`backtick`',
  'semi;colon & <angle> >',
  '#hash =equal, comma',
  '-dash',
  'ünïcode 你好 🦞',
  'all of it: a\'b "c" %d $e \\f',
]

const host = { platform: 'linux', osHome: '/home/u', tmpDir: '/tmp', uid: 1000, inContainer: false } as const

export function instanceOf(profile: string | undefined, env: Env = {}): Promise<Instance> {
  const flags = profile === undefined ? {} : { profile }
  return resolveInstance({ flags, env: { HOME: '/home/u', ...env }, cwd: '/', host })
}

export interface SpecWishes {
  readonly kind: ManagerKind
  readonly profile?: string
  readonly env?: Env
  readonly node?: string
  readonly entry?: string
  readonly allowUnconfigured?: boolean
}

/** The service of an instance that exists nowhere: rendering touches nothing. */
export async function specOf(wishes: SpecWishes): Promise<ServiceSpec> {
  const { kind, profile, env, node = '/usr/bin/node', entry = '/opt/openclaw/dist/src/bin.js' } = wishes
  const instance = await instanceOf(profile, env)
  const launcher = { node, entry, warnings: [] }
  const options = wishes.allowUnconfigured ? { allowUnconfigured: true } : {}
  return serviceSpec({ instance, host, launcher, kind, ...options })
}

/** Everything odd at once: state directory, config, Node and entry in a folder of this name. */
export function oddSpec(kind: ManagerKind, name: string): Promise<ServiceSpec> {
  const folder = join('/srv', name)
  return specOf({
    kind,
    profile: 'a-b_C',
    env: { OPENCLAW_STATE_DIR: join(folder, 'state'), OPENCLAW_CONFIG_PATH: join(folder, 'my config.json') },
    node: join(kind === 'systemd' && !isProgramName(name) ? '/srv' : folder, 'node'),
    entry: join(folder, 'bin.js'),
  })
}

/** systemd refuses a program with one of these in its path. */
export function isProgramName(name: string): boolean {
  return !/["'\\]/.test(name)
}
