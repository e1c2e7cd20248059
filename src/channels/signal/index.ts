import { type Account, ChannelFailure, defineChannel, type Host } from '../port.js'
import { SignalConnection } from './connection.js'
import { startDaemon } from './daemon.js'
import { normaliseSignal } from './normalise.js'
import { SignalRpc } from './rpc.js'

const defaultRoot = 'http://127.0.0.1:8080'

export default defineChannel({
  label: 'Signal',
  // Longer texts are sent by Signal as a file.
  capabilities: {
    textLimit: 2_000,
    counts: 'visible',
    blocks: { together: 1_500 },
    media: true,
    captions: 2_000,
    typing: true,
    typingMs: 10_000,
    reactions: true,
    members: true,
  },
  needs: [['account']],
  // Two clients of one account would take each other's messages.
  credential: ({ keys }) => text(keys.account),
  normaliseId: normaliseSignal,
  open(account, host) {
    const number = text(account.keys.account) ?? ''
    if (!/^\+[1-9]\d{4,16}$/.test(number)) {
      throw new ChannelFailure('auth', `${account.path}.account is no telephone number such as +15551234567`)
    }
    const options = { host, account: number, receipts: account.keys.sendReadReceipts === true }
    const url = text(account.keys.httpUrl) ?? (account.keys.autoStart === false ? defaultRoot : undefined)
    if (url !== undefined) {
      const root = url.replace(/\/+$/, '')
      return new SignalConnection({ ...options, rpc: new SignalRpc(root, number) })
    }
    const start = startOf(account, host)
    return new SignalConnection({ ...options, rpc: (signal) => startDaemon({ ...start, account: number, signal }) })
  },
})

function startOf({ keys }: Account, { clock }: Host) {
  return {
    cliPath: text(keys.cliPath) ?? 'signal-cli',
    port: typeof keys.httpPort === 'number' ? keys.httpPort : 0,
    startupTimeoutMs: typeof keys.startupTimeoutMs === 'number' ? keys.startupTimeoutMs : undefined,
    clock,
  }
}

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
