import { isAbsolute } from 'node:path'
import { editConfig } from '../config/edit.js'
import type { EditRequest } from '../config/edit-types.js'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { Config } from '../config/types.js'
import { invalidConfig } from '../config/watch.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { expandHome } from '../kernel/expand-home.js'
import { parseModelName } from '../models/selection.js'
import { agentRoster, requireAgent } from './select.js'
import { ensureFolder, ensureWorkspace } from './workspace/ensure.js'
import { ownWorkspace, workspaceOf } from './workspace/folder.js'
import { type Trashed, trashWorkspace } from './workspace/trash.js'

export interface NewAgent {
  readonly name: string
  readonly workspace?: string | undefined
  readonly model?: string | undefined
  readonly emoji?: string | undefined
  readonly avatar?: string | undefined
}

/** Fields of an agent that change; an empty text or null removes. */
export interface AgentChange extends Partial<Omit<NewAgent, 'model'>> {
  readonly agentId: string
  readonly model?: string | null | undefined
}

export interface CreatedAgent {
  readonly agentId: string
  readonly workspace: string
}

export interface DeletedAgent extends Trashed {
  readonly removedBindings: number
}

/** Somebody else may write the config at the same time. */
const maxTries = 5
const maxIdLength = 64

/**
 * Adds an agent to the config, its id made from its name, and makes its workspace.
 * @throws GatewayError conflict when there is one of that id, invalid_request, model_not_found, or what `editConfig` throws.
 */
export function createAgent(instance: Instance, agent: NewAgent): Promise<CreatedAgent> {
  return onFreshConfig(instance, async (config, edit) => {
    const { ids } = agentRoster(config)
    const agentId = idFor(agent.name, ids)
    if (ids.includes(agentId)) throw new GatewayError('conflict', { message: `agent "${agentId}" already exists` })
    checkModel(config, agent.model)
    const workspace = workspaceFrom(instance, agent.workspace) ?? ownWorkspace(instance.paths, agentId)
    await makeWorkspace(config, workspace)
    await edit([
      // Without this line the agent that was there by itself would be gone.
      ...(hasEntries(config) ? [] : ids.map((id): EditRequest => ({ op: 'set', path: entryPath(id), value: {} }))),
      { op: 'merge', path: entryPath(agentId), value: entryOf({ ...agent, workspace }) },
    ])
    return { agentId, workspace }
  })
}

/** Throws `agent_not_found`, `invalid_request`, `model_not_found`, or what `editConfig` throws. */
export function updateAgent(instance: Instance, change: AgentChange): Promise<void> {
  return onFreshConfig(instance, async (config, edit) => {
    const { agentId, ...fields } = change
    requireAgent(agentRoster(config), agentId)
    checkModel(config, fields.model ?? undefined)
    const workspace = workspaceFrom(instance, fields.workspace)
    if (workspace !== undefined) await makeWorkspace(config, workspace)
    const value = entryOf({ ...fields, ...(workspace !== undefined && { workspace }) })
    await edit([{ op: 'merge', path: entryPath(agentId), value }])
  })
}

/**
 * Takes an agent and its bindings out of the config. With `files` its workspace is moved to the trash folder of the state
 * directory. The default agent stays. Throws `agent_not_found`, `conflict`, or what `editConfig` throws.
 */
export function deleteAgent(instance: Instance, agentId: string, files: boolean, at: number): Promise<DeletedAgent> {
  return onFreshConfig(instance, async (config, edit) => {
    const roster = agentRoster(config)
    requireAgent(roster, agentId)
    if (roster.defaultId === agentId) {
      const message = `agent "${agentId}" is the default and cannot be deleted; make another agent the default first`
      throw new GatewayError('conflict', { message })
    }
    const kept = config.bindings?.filter((binding) => binding.agentId !== agentId) ?? []
    const removedBindings = (config.bindings?.length ?? 0) - kept.length
    await edit([
      { op: 'unset', path: entryPath(agentId) },
      ...(removedBindings > 0 ? [{ op: 'set', path: 'bindings', value: kept } as const] : []),
    ])
    const others = roster.ids.filter((id) => id !== agentId).map((id) => workspaceOf(instance.paths, config, id))
    const folder = workspaceOf(instance.paths, config, agentId)
    const trashed = files ? await trashWorkspace(instance.paths, { agentId, folder, others, at }) : {}
    return { removedBindings, ...trashed }
  })
}

/** Judges by what is on disk, and again when that changed before the edit was written. */
async function onFreshConfig<T>(
  instance: Instance,
  work: (config: Config, edit: (requests: readonly EditRequest[]) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const source = configSource(instance)
  for (let tries = 1; ; tries += 1) {
    const loaded = await loadConfig(source)
    if (!loaded.ok) throw invalidConfig(loaded.issues)
    const options = { expectHash: loaded.hash, version: instance.version }
    try {
      return await work(loaded.config, (requests) => editConfig(source, requests, options))
    } catch (error) {
      const conflict = error instanceof GatewayError && error.code === 'config_conflict'
      if (!conflict || tries >= maxTries) throw error
    }
  }
}

const entryPath = (id: string) => ['agents', 'entries', id]
const hasEntries = ({ agents }: Config) => Object.keys(agents?.entries ?? {}).length > 0

function entryOf({ name, workspace, model, emoji, avatar }: Partial<Omit<AgentChange, 'agentId'>>): object {
  const identity = { ...set('emoji', emoji), ...set('avatar', avatar) }
  return {
    ...set('name', name),
    ...set('workspace', workspace),
    ...set('model', model),
    ...(Object.keys(identity).length > 0 && { identity }),
  }
}

/** Null removes; undefined leaves alone. */
function set(key: string, value: string | null | undefined): object {
  return value === undefined ? {} : { [key]: value || null }
}

/** A name without a usable letter, e.g. a Chinese one, gives a numbered id. */
function idFor(name: string, taken: readonly string[]): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, maxIdLength)
  if (slug !== '') return slug
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? 'agent' : `agent-${number}`
    if (!taken.includes(id)) return id
  }
}

function checkModel(config: Config, model: string | undefined): void {
  if (model) parseModelName(config, model)
}

function workspaceFrom({ paths }: Instance, given: string | undefined): string | undefined {
  if (!given) return undefined
  const folder = expandHome(given.trim(), paths.home)
  if (isAbsolute(folder)) return folder
  throw new GatewayError('invalid_request', {
    message: `workspace must be an absolute path or begin with ~: ${given.slice(0, 200)}`,
    param: 'workspace',
  })
}

async function makeWorkspace(config: Config, folder: string): Promise<void> {
  if (config.agents?.defaults?.skipBootstrap === true) await ensureFolder(folder)
  else await ensureWorkspace(folder)
}
