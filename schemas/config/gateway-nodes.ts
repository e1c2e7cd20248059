import { Type } from '../type.js'
import { choice, either, flag, int, section, text, texts } from './words.js'

export const gatewayNodes = section('Paired nodes.', {
  browser: section('Browser actions through a node.', {
    mode: choice('auto: used when one node offers it.', ['auto', 'manual', 'off'], 'auto'),
    node: text('Node that is used always.'),
  }),
  pairing: section('Pairing of new nodes.', {
    autoApproveLocal: flag('Approve nodes on this host.', true),
    autoApproveCidrs: texts('Approve nodes from these networks.'),
    sshVerify: either('Prove a node by SSH.', [
      Type.Boolean(),
      section('How the proof is made.', {
        user: text('SSH user.'),
        identity: text('Private key file.'),
        timeoutMs: int('Longest wait in milliseconds.'),
        cidrs: texts('Networks in which it is tried.'),
      }),
    ]),
  }),
  commands: section('Node commands that agents may use.', {
    allow: texts('Exact command names that are allowed in addition.'),
    deny: texts('Exact command names that are never allowed.'),
  }),
  pluginTools: section('Tools that nodes bring.', { enabled: flag('Offer them to agents.', true) }),
  allowSkills: flag('Let nodes bring skills.', true),
})
