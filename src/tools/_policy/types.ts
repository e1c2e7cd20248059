import type { ToolGroup } from '../_types.js'

/** What a policy needs to know of a tool. */
export interface PolicyTool {
  readonly name: string
  readonly group: ToolGroup
  /** Undefined: a tool of the gateway itself. */
  readonly plugin?: string
  readonly ownerOnly?: true
}

/** What a policy depends on besides the config. Only the server says it; nothing here comes from a model or a message. */
export interface PolicyFacts {
  readonly agent: string
  /** Model provider of the turn; undefined when no model is involved. */
  readonly provider?: string
  /** Model id without its provider. */
  readonly model?: string
  readonly owner: boolean
  readonly sender?: SenderFacts
  readonly place?: PlaceFacts
  /** The agent's main session, or one of a group; undefined for all others. */
  readonly session?: 'main' | 'group'
  readonly sandboxed?: boolean
  /** 1 for a sub-agent of an agent; undefined for a turn that no agent started. */
  readonly subagentDepth?: number
  /** Called by a client on its own, without a model: POST /tools/invoke, `tools.invoke`. */
  readonly direct?: boolean
}

export interface SenderFacts {
  readonly channel: string
  readonly id: string
  /** With its `+`. */
  readonly e164?: string
  readonly username?: string
  readonly name?: string
}

/** The group or room in which a message was written; undefined for direct messages. */
export interface PlaceFacts {
  readonly channel: string
  readonly account?: string
  readonly id: string
}

/** The steps of a policy, in their order (spec/runtime.md 4.1, spec/config.md 12.4). Each can only narrow. */
export const layerNames = [
  'owner',
  'profile',
  'provider-profile',
  'global',
  'provider',
  'agent',
  'agent-provider',
  'sender',
  'group',
  'private',
  'sandbox',
  'subagent',
  'direct',
] as const

export type LayerName = (typeof layerNames)[number]

/** An entry of a list and the config key that it stands under: a tool name, a glob with `*`, or `group:<name>`. */
export interface PolicyEntry {
  readonly text: string
  /** What is built in names the key that changes it. */
  readonly key: string
  readonly builtIn?: true
}

export interface PolicyLayer {
  readonly name: LayerName
  /** A closed list: nothing else passes. Undefined: everything passes. */
  readonly allow?: readonly PolicyEntry[]
  /** The key of the closed list, which is to be named when a tool is not on it. */
  readonly allowKey?: string
  readonly deny?: readonly PolicyEntry[]
  /**
   * A closed list whose names nobody knows is taken for a slip: it is left out with a warning. Not where the layer
   * keeps strangers out: there it lets nothing through.
   */
  readonly forgiving?: true
}

/** What decided: the layer, the config key, and the entry as written. */
export interface PolicyRule {
  readonly layer: LayerName | 'default' | 'setup'
  readonly key: string
  /** Undefined when the tool is not on a closed list. */
  readonly entry?: string
  readonly builtIn?: true
}

export interface Verdict {
  readonly allowed: boolean
  readonly rule: PolicyRule
}

/** Something in the lists that is probably not what its writer meant. */
export interface PolicyNotice {
  readonly key: string
  readonly message: string
}
