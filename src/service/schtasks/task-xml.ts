import { GatewayError } from '../../kernel/errors.js'
import type { ServiceSpec } from '../types.js'
import { xmlText } from '../xml.js'

/** A failure is tried again this often, a minute apart. */
const restarts = 3

/**
 * The definition of the scheduled task (Task Scheduler Schema). Pure. It starts when its user logs on, with that user's
 * rights. Throws `service_failed` for a path in which the Task Scheduler would fill in a variable.
 */
export function renderTask(spec: ServiceSpec): string {
  const user = spec.user === undefined ? [] : [`      <UserId>${xmlText(spec.user)}</UserId>`]
  const args = [`--env-file=${spec.envFile}`, ...spec.args]
  for (const text of [spec.program, ...args, spec.workingDirectory]) refuseVariables(text)
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Description>${xmlText(`${spec.names.description}. Made by "openclaw gateway install". ${spec.owner}`)}</Description>`,
    '  </RegistrationInfo>',
    '  <Triggers>',
    '    <LogonTrigger>',
    '      <Enabled>true</Enabled>',
    ...user,
    '    </LogonTrigger>',
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    ...user,
    '      <LogonType>InteractiveToken</LogonType>',
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <AllowHardTerminate>true</AllowHardTerminate>',
    '    <AllowStartOnDemand>true</AllowStartOnDemand>',
    '    <Enabled>true</Enabled>',
    // PT0S: no limit.
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <Priority>7</Priority>',
    '    <RestartOnFailure>',
    '      <Interval>PT1M</Interval>',
    `      <Count>${restarts}</Count>`,
    '    </RestartOnFailure>',
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    `      <Command>${xmlText(spec.program)}</Command>`,
    `      <Arguments>${xmlText(args.map(argument).join(' '))}</Arguments>`,
    `      <WorkingDirectory>${xmlText(spec.workingDirectory)}</WorkingDirectory>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\r\n')
}

/** A task has no environment of its own; Node reads this file before anything else (`node --env-file`). */
export function renderEnvFile(env: ServiceSpec['env']): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${envValue(value)}\n`)
    .join('')
}

/** Node's reader has no way to write a quote inside of itself, and takes `\n` in double quotes for a line break. */
function envValue(value: string): string {
  const quote = ["'", '`'].find((one) => !value.includes(one))
  if (quote !== undefined) return `${quote}${value}${quote}`
  throw new GatewayError('service_failed', {
    message: `A task cannot be made for ${JSON.stringify(value)}: it has two kinds of quotes. Use another path.`,
  })
}

/** The rules of CommandLineToArgvW: backslashes are plain, but before a quote they count. */
export function argument(text: string): string {
  if (text !== '' && !/[\s"]/.test(text)) return text
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}

/** `%NAME%` and `$(Arg0)` are filled in by the Task Scheduler, and nothing can prevent it. */
function refuseVariables(text: string): void {
  if (!/%[^%]+%|\$\(/.test(text)) return
  throw new GatewayError('service_failed', {
    message: `A task cannot be made for ${JSON.stringify(text)}: Windows would replace a part of it. Use another path.`,
  })
}
