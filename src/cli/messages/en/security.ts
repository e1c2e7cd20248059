/** Texts of `openclaw security`. */
export const security = {
  'security.audit.summary': 'Look for what makes this gateway easy to take over.',
  'security.audit.description':
    'Reads the config and the files of this profile. The exit code is 0 whatever is found; with --check it is 1 when something is critical.',
  'security.option.check': 'Exit code 1 when something is critical.',
  'security.option.deep': 'Also ask the running gateway.',
  'security.option.fix': 'Take rights away: files to their owner alone, open groups to lists. Shows each step.',
  'security.option.dryRun': 'Show what --fix would do.',
  'security.fix': 'Fix: {how}',
  'security.counted': '{critical} critical, {warn} warnings, {info} remarks.',
  'security.suppressed': '{count} findings are suppressed by the config.',
  'security.nothingToFix': 'There is nothing that --fix could tighten.',
  'security.wouldFix': '--fix would do:',
  'security.fixed': 'Tightened:',
} as const
