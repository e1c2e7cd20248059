import { Type } from '../type.js'
import { choice, flag, int, mapOf, section, text, texts } from './words.js'

const profile = choice('Starting set of tools.', ['minimal', 'coding', 'messaging', 'full'])

/** allow, deny and alsoAllow of one scope; `allow` and `alsoAllow` together are refused. */
export const rules = {
  profile,
  allow: texts('Only these tools (names, `*` globs, `group:*`).'),
  alsoAllow: texts('Added to the profile.'),
  deny: texts('Never these; deny always wins.'),
}

export const toolRules = section('Which tools may be used.', rules)

const exec = section('The exec tool.', {
  host: choice('Where commands run.', ['auto', 'sandbox', 'gateway', 'node'], 'auto'),
  mode: choice('How commands are approved.', ['deny', 'allowlist', 'ask', 'auto', 'full']),
  security: choice('Older spelling of mode.', ['deny', 'allowlist', 'full']),
  ask: choice('Older spelling of mode.', ['off', 'on-miss', 'always']),
  node: text('Node that runs commands.'),
  backgroundMs: int('A command still running after so many milliseconds goes to the background.', { default: 10_000 }),
  timeoutSeconds: int('Longest command in seconds; 0 is unlimited.', { default: 1800 }),
  cleanupMs: int('How long finished commands are kept, in milliseconds.', { default: 1_800_000 }),
  notifyOnExit: flag('Tell the agent when a background command ends.', true),
  notifyOnExitEmptySuccess: flag('Tell it also when there was no output.', false),
  approvalRunningNoticeMs: int('A notice after so many milliseconds of an approved command.', { default: 10_000 }),
  approvalTimeoutSec: int('Longest wait for an approval, in seconds; no answer means no.', {
    default: 300,
    minimum: 1,
  }),
  applyPatch: section('The apply_patch tool.', {
    enabled: flag('Offer it.', true),
    workspaceOnly: flag('Keep it inside the workspace.', true),
    allowModels: texts('Models that get it.'),
  }),
  pathPrepend: texts('Folders put in front of PATH.'),
  inheritEnv: texts('More variables of the gateway that commands on its host see. By default they see no secrets.'),
  safeBins: texts('Programs that need no approval.'),
  safeBinTrustedDirs: texts('Folders in which safe programs may lie.'),
  strictInlineEval: flag('Ask for every inline script.', false),
  grantExpiryDays: int('How long an approval lasts, in days.'),
})

/** Keys that `tools` and `agents.entries.<id>.tools` share. */
export const toolKeys = {
  ...rules,
  byProvider: mapOf('Rules for one model provider or `provider/model`.', toolRules),
  toolsBySender: mapOf('Rules for one sender.', toolRules),
  elevated: section('Commands outside the sandbox on request.', {
    enabled: flag('Offer it.', true),
    allowFrom: mapOf(
      'Senders, by channel.',
      Type.Array(Type.Union([Type.String(), Type.Integer()]), { description: 'Sender ids.' }),
    ),
  }),
  exec,
  fs: section('File tools.', { workspaceOnly: flag('Keep them inside the workspace.', false) }),
  sandbox: section('Tools inside a sandbox.', { tools: toolRules }),
}
