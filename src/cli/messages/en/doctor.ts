/** Texts of `openclaw doctor`. */
export const doctor = {
  'doctor.summary': 'Look for what is wrong with this profile, and mend what can be mended.',
  'doctor.description':
    'Without --fix it only reads. Looks at this profile alone and never changes another one. The exit code is 1 while an error is left.',
  'doctor.option.fix': 'Mend what can be mended; each step is shown.',
  'doctor.option.dryRun': 'Show what --fix would do.',
  'doctor.option.deep': 'Also checks that take longer.',
  'doctor.option.nonInteractive': 'Ask nothing; always so.',
  'doctor.wouldFix': 'can be mended: {summary}',
  'doctor.fixed': 'Mended: {summary}',
  'doctor.notFixed': 'Not mended: {summary}: {error}',
} as const
