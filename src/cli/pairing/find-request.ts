import { join } from 'node:path'
import { canonicalCode, PAIRING_TTL_MS } from '../../channels/pairing.js'
import { commandFor, databaseFileName } from '../../instance/profile.js'
import { GatewayError } from '../../kernel/errors.js'
import { readProfiles } from '../../setup/profiles.js'
import { peekPairing } from '../../storage/sqlite/peek-pairing.js'
import type { CommandContext } from '../context.js'
import type { PairingDesk, PairingRequest } from './desk.js'

export interface WantedRequest {
  readonly code: string
  readonly channel?: string | undefined
  readonly account?: string | undefined
}

/**
 * The request that has the code. Throws `not_found`, which names the profile that was asked and, when the code is one of
 * another profile of this machine, that one with the command for it.
 */
export async function findRequest(
  context: CommandContext,
  desk: PairingDesk,
  { code: given, channel, account }: WantedRequest,
): Promise<PairingRequest> {
  const code = canonicalCode(given)
  const { requests } = await desk.list()
  const found = requests.find(
    (request) =>
      request.code === code &&
      (channel === undefined || request.channel === channel) &&
      (account === undefined || request.accountId === account),
  )
  if (found) return found
  const elsewhere = requests.find((request) => request.code === code)
  throw new GatewayError('not_found', {
    message: elsewhere
      ? context.t('pairing.otherPlace', { code, place: `${elsewhere.channel}, ${elsewhere.accountId}` })
      : await unknownCode(context, code),
    details: { profile: (await context.instance()).profile, next: 'pairing list' },
  })
}

async function unknownCode({ instance, t, command }: CommandContext, code: string): Promise<string> {
  const own = await instance()
  const others = (await readProfiles(own)).filter(({ current }) => !current)
  const since = Date.now() - PAIRING_TTL_MS
  const shown = code.slice(0, 40)
  const unknown = t('pairing.unknownCode', { code: shown, profile: own.profile })
  for (const { profile, state } of others) {
    const row = peekPairing(join(state, databaseFileName), since).find((other) => other.code === code)
    if (row) {
      const more = row.account === 'default' ? '' : ` --account ${row.account}`
      const right = commandFor({ profile }, `${command} ${row.channel} ${code}${more}`)
      return `${unknown} ${t('pairing.otherProfile', { profile, command: right })}`
    }
  }
  const names = others.map(({ profile }) => profile).join(', ')
  return names === '' ? unknown : `${unknown} ${t('pairing.otherProfiles', { names })}`
}
