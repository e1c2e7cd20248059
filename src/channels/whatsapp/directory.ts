import type { GroupMetadata, GroupParticipant } from 'baileys'
import { ChannelFailure, type Directory, type Listed } from '../port.js'
import { isGroup, ownNumber } from './jids.js'
import type { Socket } from './library.js'
import { normaliseWhatsapp } from './normalise.js'
import { sendFailure } from './outbound.js'

/** Groups that the account is in, and who is in them. Contacts stay on the phone. */
export function whatsappDirectory(live: () => Socket): Directory {
  const ask = async <T>(work: (socket: Socket) => Promise<T>) => {
    try {
      return await work(live())
    } catch (thrown) {
      throw sendFailure(thrown)
    }
  }
  return {
    async self() {
      const id = ownNumber(live())
      if (id === undefined) throw new ChannelFailure('refused', 'WhatsApp has not said who the account is')
      return { kind: 'direct', id }
    },
    async groups() {
      const groups = await ask((socket) => socket.groupFetchAllParticipating())
      return Object.values(groups).map(groupOf)
    },
    async members(group) {
      if (!isGroup(group)) throw new ChannelFailure('refused', 'this is no WhatsApp group')
      const { participants } = await ask((socket) => socket.groupMetadata(group))
      return participants.flatMap(memberOf)
    },
  }
}

const groupOf = ({ id, subject }: GroupMetadata): Listed => ({ kind: 'group', id, ...(subject && { name: subject }) })

/** By the number where WhatsApp tells it. */
function memberOf({ id, phoneNumber, name, notify }: GroupParticipant): Listed[] {
  const person = normaliseWhatsapp(phoneNumber ?? '') ?? normaliseWhatsapp(id)
  const shown = name ?? notify
  return person === undefined ? [] : [{ kind: 'direct', id: person, ...(shown && { name: shown }) }]
}
