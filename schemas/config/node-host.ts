import { flag, section, texts } from './words.js'

export const nodeHost = section('This machine as a node.', {
  browserProxy: section('Browser for the gateway.', {
    enabled: flag('Offer it.', true),
    allowProfiles: texts('Profiles that may be used.'),
  }),
  autoUpdate: section('Updates with the gateway.', { enabled: flag('Follow it.', true) }),
})
