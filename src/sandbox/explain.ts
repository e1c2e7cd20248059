import type { Config } from '../../schemas/config/index.js'
import type { AgentApprovals } from '../approvals/document.js'
import { configRule, type ExecRule, modeOf } from '../approvals/rules/policy.js'
import { execConfig } from '../tools/_exec/times.js'
import type { Mount } from '../tools/_files/locate.js'
import { layersOf } from '../tools/_policy/layers.js'
import { parseBind } from './bind.js'
import { type Elevated, elevatedFor } from './elevated.js'
import { planLayout } from './layout.js'
import type { SandboxIdentity } from './sandboxes.js'
import { isSandboxed, mainSessionKey, type SandboxOwner } from './scope.js'

export interface ExplainInput {
  readonly config: Config
  readonly owner: SandboxOwner & { readonly sessionKey: string }
  readonly identity: SandboxIdentity
  /** The backend that would be used, or why there is none. */
  readonly backend: { readonly name?: string; readonly problem?: string; readonly remarks: readonly string[] }
  /** What exec-approvals.json says, or why it cannot be read. */
  readonly approvals: AgentApprovals | { readonly problem: string }
}

/** Where a session's tools run, what they may, and which config keys say so (spec/runtime.md 5). */
export interface SandboxExplanation {
  readonly agentId: string
  readonly sessionKey: string
  readonly mainSessionKey: string
  readonly sandbox: {
    readonly mode: string
    readonly scope: string
    readonly scopeKey: string
    readonly backend: string | undefined
    readonly backendConfigured: string
    readonly problem: string | undefined
    readonly remarks: readonly string[]
    readonly name: string
    readonly workspaceAccess: string
    readonly workspaceRoot: string
    /** What the session works in, on this machine. */
    readonly workspace: string
    readonly mounts: readonly Mount[]
    readonly sessionIsSandboxed: boolean
  }
  readonly tools: {
    readonly allow: readonly string[]
    readonly deny: readonly string[]
    readonly sources: { readonly allow: ListSource; readonly deny: ListSource }
  }
  readonly exec: {
    readonly host: string
    readonly mode: string
    readonly rules: readonly ExecRule[]
    readonly problem: string | undefined
  }
  readonly elevated: Elevated & { readonly channel: string; readonly allowedByConfig: boolean }
  /** Config keys that change this. */
  readonly fixIt: readonly string[]
}

export interface ListSource {
  readonly source: 'agent' | 'global' | 'default'
  readonly key: string
}

export function explainSandbox({ config, owner, identity, backend, approvals }: ExplainInput): SandboxExplanation {
  const { agent, sessionKey } = owner
  const { settings, workspace, scopeKey, name } = identity
  const sandboxed = isSandboxed(settings, owner)
  const layout = planLayout(settings, name, workspace, (settings.docker.binds ?? []).map(parseBind))
  const channel = channelOf(sessionKey)
  const elevated = elevatedFor(config, agent, { origin: channel })
  const rules = [configRule(config, agent), ...('rule' in approvals ? [approvals.rule] : [])]
  const own = layout.mounts.find(({ at }) => at === layout.workdir)?.folder ?? workspace
  return {
    agentId: agent,
    sessionKey,
    mainSessionKey: mainSessionKey(agent),
    sandbox: {
      mode: settings.mode,
      scope: settings.scope,
      scopeKey,
      backend: backend.name,
      backendConfigured: settings.backend,
      problem: sandboxed ? backend.problem : undefined,
      remarks: sandboxed ? backend.remarks : [],
      name,
      workspaceAccess: settings.workspaceAccess,
      workspaceRoot: settings.workspaceRoot,
      workspace: sandboxed ? own : workspace,
      mounts: sandboxed ? layout.mounts : [],
      sessionIsSandboxed: sandboxed,
    },
    tools: toolsOf(config, agent),
    exec: {
      host: execConfig(config, agent).host ?? 'auto',
      mode: 'problem' in approvals ? 'deny' : modeOf(rules),
      rules,
      problem: 'problem' in approvals ? approvals.problem : undefined,
    },
    elevated: { ...elevated, channel, allowedByConfig: elevated.allowed },
    fixIt: fixIt(agent, sandboxed, elevated),
  }
}

function toolsOf(config: Config, agent: string): SandboxExplanation['tools'] {
  const layers = layersOf(config, { agent, owner: false, sandboxed: true })
  const layer = layers.find(({ name, deny }) => name === 'sandbox' && deny !== undefined)
  return {
    allow: layer?.allow?.map(({ text }) => text) ?? ['*'],
    deny: layer?.deny?.map(({ text }) => text) ?? [],
    sources: { allow: sourceOf(config, agent, 'allow'), deny: sourceOf(config, agent, 'deny') },
  }
}

function sourceOf(config: Config, agent: string, list: 'allow' | 'deny'): ListSource {
  if (config.agents?.entries?.[agent]?.tools?.sandbox?.tools?.[list] !== undefined) {
    return { source: 'agent', key: `agents.entries.${agent}.tools.sandbox.tools.${list}` }
  }
  const key = `tools.sandbox.tools.${list}`
  return { source: config.tools?.sandbox?.tools?.[list] === undefined ? 'default' : 'global', key }
}

function fixIt(agent: string, sandboxed: boolean, { failures }: Elevated): readonly string[] {
  const own = `agents.entries.${agent}`
  if (!sandboxed) return ['agents.defaults.sandbox.mode=non-main', `${own}.sandbox.mode=non-main`, 'tools.exec.mode']
  return [
    'agents.defaults.sandbox.mode=off',
    `${own}.sandbox.mode=off`,
    'tools.sandbox.tools.allow',
    'tools.sandbox.tools.deny',
    `${own}.tools.sandbox.tools.allow`,
    `${own}.tools.sandbox.tools.deny`,
    ...failures.map(({ key }) => key),
  ]
}

/** `agent:<id>:<channel>:...`; a main session is spoken to over the control plane. */
function channelOf(sessionKey: string): string {
  const [, , channel = 'main', ...rest] = sessionKey.split(':')
  return channel === 'main' || rest.length === 0 ? 'ws' : channel
}
