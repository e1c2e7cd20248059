import { channelNames, loadChannel } from '../../../channels/accounts.js'
import type { Capabilities } from '../../../channels/port.js'
import { chatActions } from '../../../live/chat-abilities.js'
import { knownChannel } from '../../channel-name.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { columns } from '../../text-width.js'

/** What there is to say of a channel besides its limits, by what stands in the table. */
const features: readonly (readonly [string, (capabilities: Capabilities) => boolean])[] = [
  ...Object.entries(chatActions),
  ['threads', ({ threads }) => threads === true],
  ['typing', ({ typing }) => typing === true],
]

export default defineCommand({
  summary: 'channels.capabilities.summary',
  options: { channel: { kind: 'text', value: 'channel', text: 'channels.option.channel' }, ...jsonOption },
  examples: [{ command: 'channels capabilities' }, { command: 'channels capabilities --channel telegram --json' }],
  async run({ out, t }, _args, { channel }) {
    const shown = await Promise.all(
      (channel === undefined ? channelNames() : [knownChannel(t, channel)]).map(async (id) => {
        const { label, capabilities } = await loadChannel(id)
        return { id, label, ...capabilities }
      }),
    )
    out.result({ channels: shown }, () =>
      columns([
        [t('channels.column.channel'), t('channels.column.text'), t('channels.column.can')],
        ...shown.map((one) => [
          one.id,
          String(one.textLimit),
          features.flatMap(([name, has]) => (has(one) ? [name] : [])).join(', '),
        ]),
      ]),
    )
    return 0
  },
})
