import type { Config } from '../../schemas/config/index.js'

export type { Config }

/** Where a config comes from. Made from the instance; nothing below reads the process environment. */
export interface ConfigSource {
  /** Absolute path of the main file. */
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folders, besides that of the main file, from which `$include` may read. Absolute. */
  readonly includeRoots: readonly string[]
  /** True: every writer refuses (OPENCLAW_CONFIG_READONLY). */
  readonly readOnly?: boolean
}

/** Something wrong, or worth knowing, about one place of the config. Never holds a secret. */
export interface ConfigIssue {
  /** Path as the file spells it, e.g. `channels.whatsapp.groups["*"]`; `<root>` for the whole. */
  readonly path: string
  /** What is wrong and what to do. */
  readonly message: string
  readonly file: string
  /** From 1. */
  readonly line?: number
  /** From 1, in UTF-16 units. */
  readonly column?: number
  /** What was probably meant, e.g. the right key. */
  readonly suggestion?: string
  readonly allowedValues?: readonly string[]
}

/** One file that the config was read from; the main file is the first. */
export interface ConfigFile {
  readonly path: string
  readonly text: string
}

interface Loaded {
  /** False when there is no main file. */
  readonly exists: boolean
  /** SHA-256 over all files read; empty when there is no main file. Changes whenever a byte changes. */
  readonly hash: string
  readonly files: readonly ConfigFile[]
  readonly warnings: readonly ConfigIssue[]
}

export interface ValidConfig extends Loaded {
  readonly ok: true
  /** Deeply frozen, in the one internal shape, `${VAR}` resolved. */
  readonly config: Config
  /** `source.env` with `env.vars` of the config under it; first setter wins (spec/config.md section 1.4). */
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface InvalidConfig extends Loaded {
  readonly ok: false
  readonly issues: readonly ConfigIssue[]
}

export type LoadedConfig = ValidConfig | InvalidConfig

/** Whether a valid config may be taken over. `commit` runs at the moment when it is. */
export type Admission =
  | { readonly ok: true; commit(): void }
  | { readonly ok: false; readonly issues: readonly Omit<ConfigIssue, 'file'>[] }

/** Asked about every config that is to follow the running one. */
export type Admit = (config: Config, env: ValidConfig['env']) => Promise<Admission>

/** An issue before it is located in a text. */
export interface Finding {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** True when the key itself is at fault rather than its value. */
  readonly atKey?: boolean
  readonly suggestion?: string
  readonly allowedValues?: readonly string[]
}
