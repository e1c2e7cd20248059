import type { RunCaller } from '../agents/caller.js'
import { parsePath } from '../config/path.js'
import { redactConfig } from '../config/redact.js'
import { getAt, type Tree } from '../config/tree.js'
import type { Config } from '../config/types.js'
import { parseValue } from '../config/value.js'
import type { ChatCommand, CommandCall, ConfigChange } from './_types.js'

const longest = 4_000

export default {
  summary: 'The config, without its secrets; the owner changes it with set and unset',
  args: '[key.path | set key.path value | unset key.path]',
  access: 'owner',
  flag: 'config',
  async run(call) {
    const { args, services } = call
    const [, verb = '', rest = ''] = /^(show|get|set|unset)\b\s*([\s\S]*)$/i.exec(args) ?? []
    if (/^(?:set|unset)$/i.test(verb)) return change(call, verb.toLowerCase() as 'set' | 'unset', rest.trim())
    return shown(services.config(), verb === '' ? args : rest)
  },
} satisfies ChatCommand

async function shown(config: Config, path: string): Promise<string> {
  const steps = path.trim() === '' ? [] : parsePath(path.trim())
  const value = steps && getAt((await redactConfig(config)) as Tree, steps)
  if (value === undefined) return `The config does not set ${path.slice(0, 100)}.`
  const text = JSON.stringify(value, null, 2)
  return `\`\`\`json\n${text.length > longest ? `${text.slice(0, longest)}\n... (cut)` : text}\n\`\`\``
}

async function change({ services, channel, caller }: CommandCall, op: 'set' | 'unset', said: string): Promise<string> {
  const closed = closedBy(services.config(), channel, caller)
  if (closed !== undefined) return `The config is not changed from this chat: ${closed} is false.`
  const [, path = '', value] = /^([^\s=]+)(?:\s*=\s*|\s+|$)([\s\S]*)$/.exec(said) ?? []
  if (path === '' || (op === 'set' && (value ?? '') === ''))
    return `Write: /config ${op} key.path${op === 'set' ? ' value' : ''}`
  if (op === 'unset') return told(await services.changeConfig({ op, path }), op, path)
  const given = await parseValue(path, value ?? '')
  if (await holdsSecret(path, given)) {
    return `${path} is a secret, and a chat keeps what is written: set it on the machine, with openclaw config set.`
  }
  return told(await services.changeConfig({ op, path, value: given }), op, path)
}

function told({ changed, pendingRestart }: ConfigChange, op: 'set' | 'unset', path: string): string {
  if (!changed) return `Nothing changes: ${path} is so already.`
  return `${op === 'set' ? 'Set' : 'Removed'} ${path}.${pendingRestart ? ' It takes effect with the next start: /restart' : ''}`
}

/** Whether this would stand blanked where the config is shown. */
async function holdsSecret(path: string, value: unknown): Promise<boolean> {
  const steps = parsePath(path) ?? []
  const tree = steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
  return JSON.stringify(await redactConfig(tree as Config)) !== JSON.stringify(tree)
}

/** The key that keeps a chat from changing the config: of its account, else of its channel. */
function closedBy({ channels }: Config, channel: string, { account }: RunCaller): string | undefined {
  type Keys = { readonly configWrites?: boolean; readonly accounts?: Readonly<Record<string, Keys | undefined>> }
  const section = (channels as Readonly<Record<string, Keys | undefined>> | undefined)?.[channel]
  const own = account === undefined ? undefined : section?.accounts?.[account]?.configWrites
  if (own !== undefined) return own ? undefined : `channels.${channel}.accounts.${account}.configWrites`
  return section?.configWrites === false ? `channels.${channel}.configWrites` : undefined
}
