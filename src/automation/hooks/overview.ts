import { findExecutable } from '../../approvals/shell/executable.js'
import { isUnresolved } from '../../config/substitute.js'
import type { Config } from '../../config/types.js'
import { expandHome } from '../../kernel/expand-home.js'
import { pointerOf } from '../../secrets/pointer.js'
import { allMappings, barePath, mappingName } from './mappings.js'
import { findTransform } from './transform-file.js'

/** One hook of a config, for people. */
export interface HookLine {
  readonly name: string
  /** `id` of a mapping, where it is shown by another name. */
  readonly id?: string
  readonly enabled: boolean
  /** What it is for, and what it does. */
  readonly description: string
  /** Where it stands in the config. */
  readonly source: string
}

/** Every hook of a config: those that others call, and those that are told of events. */
export function hookLines({ hooks = {} }: Config): HookLine[] {
  const on = hooks.enabled === true
  const prefix = `/${barePath(hooks.path ?? '/hooks')}`
  const own = hooks.mappings?.length ?? 0
  const doors = [
    { name: `${prefix}/wake`, description: 'POST: words for the main session' },
    { name: `${prefix}/agent`, description: 'POST: a turn of an agent' },
  ].map((door) => ({ ...door, enabled: on, source: 'built in' }))
  const mapped = allMappings(hooks).map((mapping, index): HookLine => {
    const { match, action = 'agent', signature } = mapping
    const where = match?.path === undefined ? `${prefix}/*` : `${prefix}/${barePath(match.path)}`
    const signed = signature ? `, signed (${signature.scheme ?? 'hmac'})` : ''
    const source = index < own ? `hooks.mappings[${index}]` : 'hooks.presets'
    const name = mappingName(mapping)
    const id = mapping.id !== undefined && mapping.id !== name ? { id: mapping.id } : {}
    return { name, ...id, enabled: on, description: `POST ${where}: ${action}${signed}`, source }
  })
  const { enabled = false, entries = {} } = hooks.internal ?? {}
  const told = Object.entries(entries).map(
    ([name, { enabled: runs = true, on: events = [], command, url }]): HookLine => {
      const what = command?.[0] ?? (url && hostOf(url)) ?? 'nothing'
      const description = `${events.join(', ') || 'no event'}: ${what}`
      return { name, enabled: enabled && runs, description, source: `hooks.internal.entries.${name}` }
    },
  )
  return [...doors, ...mapped, ...told]
}

export interface HookWorld {
  readonly state: string
  readonly home: string
  /** Of the config and its `.env` files. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What keeps single hooks of a config from working, each with its place. */
export async function hookProblems({ hooks = {} }: Config, { state, home, env }: HookWorld): Promise<string[]> {
  const problems: string[] = []
  for (const [index, { transform, signature }] of (hooks.mappings ?? []).entries()) {
    const place = `hooks.mappings[${index}]`
    if (signature) problems.push(...secretProblem(signature.secret, `${place}.signature.secret`, env))
    if (!transform) continue
    const wrong = await findTransform(state, hooks.transformsDir, transform.module).then(
      () => undefined,
      (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
    )
    if (wrong !== undefined) problems.push(`${place}.transform: ${wrong}.`)
  }
  for (const [name, { enabled = true, on = [], command, url }] of Object.entries(hooks.internal?.entries ?? {})) {
    const place = `hooks.internal.entries.${name}`
    // What the official gateway brings along names none of these, and does nothing here.
    if (!enabled || (on.length === 0 && (command ?? url) === undefined)) continue
    if ((command ?? url) === undefined) problems.push(`${place} has neither a command nor a url.`)
    if (on.length === 0) problems.push(`${place}.on names no event.`)
    if (command && !findExecutable(expandHome(command[0] ?? '', home), state, env.PATH ?? ''))
      problems.push(`${place}.command: there is no program "${command[0]}".`)
  }
  return problems
}

/** What a file or a program keeps is not looked at; a variable is there or not. */
function secretProblem(secret: unknown, place: string, env: HookWorld['env']): string[] {
  if (secret === undefined || secret === '') return [`${place} is not set.`]
  const unresolved = typeof secret === 'string' && isUnresolved(secret) ? secret : undefined
  const ref = pointerOf(secret)
  const missing = unresolved ?? (ref?.source === 'env' && !env[ref.id] ? ref.id : undefined)
  return missing === undefined ? [] : [`${place} names a variable that is not set: ${missing}. Set it.`]
}

/** A URL may hold a secret behind its host. */
const hostOf = (url: string) => (URL.canParse(url) ? `POST ${new URL(url).origin}` : 'POST')
