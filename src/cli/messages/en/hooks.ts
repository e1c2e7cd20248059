/** Texts of the commands about hooks. */
export const hooks = {
  'hooks.list.summary': 'List hooks: what other programs may call, and what is told of events.',
  'hooks.info.summary': 'Show one hook.',
  'hooks.check.summary': 'Look for what keeps hooks from working.',
  'hooks.check.description':
    'Reads the config and looks at files and programs. The exit code is 1 when something is wrong.',
  'hooks.check.counted': '{total} hooks, {on} on, {problems} problems.',
  'hooks.enable.summary': 'Turn a hook for events on.',
  'hooks.disable.summary': 'Turn a hook for events off.',
  'hooks.arg.name': 'Name of the hook, as hooks list shows it.',
  'hooks.unknown': 'There is no hook "{name}".',
  'hooks.noSwitch': '"{name}" has no switch of its own: hooks.enabled turns all calls on and off.',
  'hooks.on': 'on',
  'hooks.off': 'off',
  'hooks.head.status': 'STATUS',
  'hooks.head.name': 'HOOK',
  'hooks.head.description': 'DESCRIPTION',
  'hooks.head.source': 'SOURCE',
} as const
