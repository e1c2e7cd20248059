export interface ConfigText {
  /** JSON, secrets hidden. */
  readonly text: string
  /** To be sent with a change. */
  readonly hash?: string
}

export interface ConfigChangeRequest {
  /** JSON5: a whole config, or what is to be merged into it. */
  readonly raw: string
  readonly baseHash?: string | undefined
  /** Merge instead of replace. */
  readonly merge: boolean
  /** Lists that may lose entries by a merge. */
  readonly replacePaths: readonly string[]
  readonly note?: string | undefined
}

export interface ConfigChanged {
  readonly paths: readonly string[]
  readonly hash: string
  /** True when the change takes effect only at the next start. */
  readonly pendingRestart: boolean
  readonly warnings: readonly string[]
}

/** The config of the gateway. */
export interface GatewayConfig {
  /** The file's config, or one place of it. */
  read(path: string | undefined): Promise<ConfigText>
  /** One place of the schema and its keys; the whole when no path is given. */
  schema(path: string | undefined): Promise<object>
  /** Writes it and waits until the gateway has taken it over. Throws for what agents may not change. */
  change(request: ConfigChangeRequest): Promise<ConfigChanged>
}
