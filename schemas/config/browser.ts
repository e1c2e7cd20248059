import { ssrfPolicy } from './ssrf-policy.js'
import { choice, flag, int, mapOf, port, section, text, texts } from './words.js'

export const browser = section('Browser tool.', {
  enabled: flag('Offer it.', true),
  evaluateEnabled: flag('Allow scripts in pages.', true),
  cdpUrl: text('CDP endpoint of a running browser; must not be shared by gateways.'),
  remoteCdpTimeoutMs: int('Longest connection to a remote browser, in milliseconds.', { default: 1500 }),
  remoteCdpHandshakeTimeoutMs: int('Longest handshake with a remote browser, in milliseconds.'),
  defaultProfile: text('Profile when none is named.'),
  headless: flag('Run without a window.'),
  noSandbox: flag("Turn off the browser's own sandbox.", false),
  attachOnly: flag('Never start a browser.', false),
  executablePath: text('Browser program.'),
  extraArgs: texts('Arguments of the browser.'),
  color: text('Colour of the default profile.'),
  snapshotDefaults: section('Snapshots.', { mode: text('Mode when none is named.') }),
  ssrfPolicy,
  profiles: mapOf(
    'Browser profiles.',
    section('One profile.', {
      cdpPort: port('CDP port; from the range of the gateway when unset.'),
      cdpUrl: text('CDP endpoint.'),
      userDataDir: text('Data folder.'),
      driver: choice('What drives it.', ['openclaw', 'existing-session', 'extension']),
      headless: flag('Run without a window.'),
      executablePath: text('Browser program.'),
      attachOnly: flag('Never start a browser.'),
      color: text('Colour.'),
    }),
  ),
})
