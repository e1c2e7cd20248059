import type { Config } from '../../../schemas/config/index.js'

/** What the exec tool is called with. */
export interface ExecArgs {
  readonly command: string
  readonly workdir?: string
  readonly env?: Readonly<Record<string, string>>
  readonly yieldMs?: number
  readonly background?: boolean
  readonly timeout?: number
  readonly timeoutSeconds?: number
  readonly pty?: boolean
  readonly host?: 'auto' | 'sandbox' | 'gateway' | 'node'
  readonly node?: string
  readonly elevated?: boolean
  readonly security?: 'deny' | 'allowlist' | 'full'
  readonly ask?: 'off' | 'on-miss' | 'always'
}

type ExecConfig = NonNullable<NonNullable<Config['tools']>['exec']>

const minYieldMs = 10
const maxYieldMs = 120_000

/** `tools.exec` of an agent: its own keys over the general ones. */
export function execConfig(config: Config, agent: string): ExecConfig {
  return { ...config.tools?.exec, ...config.agents?.entries?.[agent]?.tools?.exec }
}

/** How long a call waits, and how long its command may live; undefined is without limit (spec/config.md 12.5). */
export function execLimits(
  args: Pick<ExecArgs, 'yieldMs' | 'timeout' | 'timeoutSeconds'>,
  config: Config,
  agent: string,
): { readonly yieldMs: number; readonly timeoutMs: number | undefined } {
  const { backgroundMs = 10_000, timeoutSeconds = 1_800 } = execConfig(config, agent)
  const seconds = args.timeoutSeconds ?? args.timeout ?? timeoutSeconds
  return {
    yieldMs: Math.min(Math.max(args.yieldMs ?? backgroundMs, minYieldMs), maxYieldMs),
    timeoutMs: seconds > 0 ? seconds * 1_000 : undefined,
  }
}
