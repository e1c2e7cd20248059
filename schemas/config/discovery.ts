import { choice, flag, section, text } from './words.js'

export const discovery = section('How clients find the gateway.', {
  mdns: section('Bonjour in the local network.', {
    mode: choice('How much is announced.', ['off', 'minimal', 'full'], 'minimal'),
  }),
  wideArea: section('DNS-SD across a tailnet.', {
    enabled: flag('Publish; needs a domain.'),
    domain: text('Domain of the zone; its presence turns publishing on.', { minLength: 1 }),
  }),
})
