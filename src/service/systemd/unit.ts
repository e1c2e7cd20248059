import type { ServiceSpec } from '../types.js'

/** A crash is tried again this many times within the interval, then the unit is failed and stays down. */
const startLimit = { burst: 5, intervalSeconds: 300 }
const restartSeconds = 5
/** The gateway and everything that its agents run: a build gone wild must not take the host down (PAINS.md 10). */
const memoryMax = '75%'
const tasksMax = 4096

/**
 * The text of the user unit. Pure. Values are quoted as systemd.syntax(7) and systemd.service(5) have it. A refusal
 * (exit code 78) is final, a clean end is final, and a crash is not tried for ever.
 */
export function renderUnit(spec: ServiceSpec): string {
  const lines = [
    `# ${spec.owner}`,
    `# Made by "openclaw ${spec.madeBy}", which writes it anew with --force. Put changes into a drop-in:`,
    `# systemctl --user edit ${spec.names.systemd}`,
    '[Unit]',
    `Description=${specifiers(spec.names.description)}`,
    'After=network-online.target',
    'Wants=network-online.target',
    ...(spec.keep === 'always'
      ? ['StartLimitIntervalSec=0']
      : [`StartLimitIntervalSec=${startLimit.intervalSeconds}`, `StartLimitBurst=${startLimit.burst}`]),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${commandLine([spec.program, ...spec.args])}`,
    // The minus: a state directory that is gone is the gateway's own matter.
    `WorkingDirectory=-${specifiers(spec.workingDirectory)}`,
    ...Object.entries(spec.env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    ...(spec.keep === 'always'
      ? ['Restart=always', `RestartSec=${restartSeconds}`]
      : ['Restart=on-failure', `RestartSec=${restartSeconds}`, 'RestartPreventExitStatus=78']),
    `TimeoutStopSec=${spec.stopSeconds}`,
    // The gateway ends its own children first; what is left after the time goes with it.
    'KillMode=mixed',
    // A command of an agent that runs out of memory is not the end of the gateway.
    ...(spec.keep === 'always' ? [] : ['OOMPolicy=continue', `MemoryMax=${memoryMax}`, `TasksMax=${tasksMax}`]),
    'NoNewPrivileges=true',
    'UMask=0077',
    '',
    '[Install]',
    'WantedBy=default.target',
  ]
  return `${lines.join('\n')}\n`
}

/**
 * The colon switches `$VAR` off, also in the name of the program, where doubling the dollar would not do. Older
 * systemd (before 244) does not know it, so it stands there only when a dollar does.
 */
function commandLine(words: readonly string[]): string {
  const prefix = words.some((word) => word.includes('$')) ? ':' : ''
  return prefix + words.map(quoted).join(' ')
}

function quoted(text: string): string {
  return `"${specifiers(text).replace(/[\\"]/g, '\\$&')}"`
}

/** `%h` and the like are filled in everywhere; a percent sign of ours is none of them. */
function specifiers(text: string): string {
  return text.replaceAll('%', '%%')
}
