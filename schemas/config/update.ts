import { choice, flag, section } from './words.js'

export const update = section('Updates.', {
  channel: choice('Which releases.', ['stable', 'extended-stable', 'beta', 'dev'], 'stable'),
  checkOnStart: flag('Look for a release at start.', true),
  auto: section('Automatic updates.', { enabled: flag('Install them.', false) }),
})
