/** Texts of what cares for a profile: reset, uninstall, backup, update. */
export const upkeep = {
  'prompt.yes': 'Yes',
  'prompt.no': 'No',
  'option.yes': 'Do it without asking.',
  'option.nonInteractive': 'Ask nothing.',

  'removal.title': 'This is removed for good',
  'removal.sure': 'Remove all of this?',
  'removal.removed': 'Removed',
  'removal.nothing': 'There is nothing to remove.',
  'removal.kept': 'Kept {path}: {why}',
  'removal.why.otherProfile': 'it belongs to another profile.',
  'removal.why.outside': 'it is outside of the folders of this profile.',
  'removal.why.notAsked': 'it was not asked for.',

  'reset.summary': 'Empty this profile: config, credentials, sessions or all of it.',
  'reset.description':
    'Removes exactly what --dry-run lists, and never a file of another profile. Refused while the gateway runs.',
  'reset.option.scope':
    'config: the config (a .bak stays). config+creds+sessions: also logins, keys and conversations. full: also the rest and the workspace.',
  'reset.option.dryRun': 'Only list what would be removed.',
  'reset.whichScope': 'What is to go? (--scope config, config+creds+sessions or full)',
  'reset.scope.config': 'the config; a .bak of it stays',
  'reset.scope.sessions': 'also logins, keys and conversations',
  'reset.scope.full': 'everything of this profile, the workspace too',
  'reset.backup': 'The config that was removed is in {path}.',

  'uninstall.summary': 'Remove this profile from the machine: service, state, workspace.',
  'uninstall.description':
    'Removes exactly what --dry-run lists, and never a file of another profile. State and workspace are refused while the gateway runs.',
  'uninstall.option.service': 'Stop the service and remove its definition.',
  'uninstall.option.state': 'Remove config, credentials, sessions and logs; the workspace stays.',
  'uninstall.option.workspace': 'Remove the workspaces inside the folders of this profile.',
  'uninstall.option.all': 'All three.',
  'uninstall.whichScope': 'What is to go? (--service, --state, --workspace or --all)',
  'uninstall.program': 'The program itself stays; npm removes it: npm uninstall -g openclaw',
} as const
