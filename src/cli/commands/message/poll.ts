import { randomUUID } from 'node:crypto'
import type messageMethods from '../../../../routes/ws/message.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { answerMs, lastOptions, needs, placeOptions, placeParams } from '../../message/options.js'
import { usageError } from '../../usage.js'

const fewest = 2
const most = 12
const maxSeconds = 32 * 86_400

export default defineCommand({
  summary: 'message.poll.summary',
  description: 'message.poll.description',
  options: {
    ...placeOptions,
    pollQuestion: { kind: 'text', value: 'text', text: 'message.option.pollQuestion', alias: '--question' },
    pollOption: { kind: 'list', value: 'text', text: 'message.option.pollOption', alias: '--option' },
    pollMulti: { kind: 'flag', text: 'message.option.pollMulti', alias: '--multiple' },
    pollDurationHours: {
      kind: 'integer',
      value: 'hours',
      min: 1,
      max: maxSeconds / 3_600,
      text: 'message.option.pollDurationHours',
    },
    pollDurationSeconds: {
      kind: 'integer',
      value: 'seconds',
      min: 1,
      max: maxSeconds,
      text: 'message.option.pollDurationSeconds',
    },
    pollAnonymous: { kind: 'flag', text: 'message.option.pollAnonymous' },
    pollPublic: { kind: 'flag', text: 'message.option.pollPublic' },
    silent: { kind: 'flag', text: 'message.option.silent' },
    ...lastOptions,
  },
  examples: [
    {
      command:
        'message poll --channel telegram --target 42 --poll-question Lunch? --poll-option Soup --poll-option Rice',
    },
  ],
  async run(context, _args, options) {
    const { out, t } = context
    const { target, pollQuestion, pollOption, pollMulti, pollPublic, pollAnonymous, silent, dryRun, ...flags } = options
    const to = needs(context, 'message poll', '--target', target)
    const question = needs(context, 'message poll', '--poll-question', pollQuestion)
    if (pollOption.length < fewest || pollOption.length > most) {
      throw usageError(t('message.pollOptions', { min: fewest, max: most }), 'message poll --help')
    }
    if (pollPublic && pollAnonymous) throw usageError(t('message.pollWho'), 'message poll --help')
    if (flags.pollDurationHours !== undefined && flags.pollDurationSeconds !== undefined) {
      throw usageError(t('message.pollEnd'), 'message poll --help')
    }
    const params = {
      ...{ to, ...placeParams(flags), question, options: [...pollOption] },
      ...(pollMulti && { maxSelections: pollOption.length }),
      ...(flags.pollDurationHours !== undefined && { durationHours: flags.pollDurationHours }),
      ...(flags.pollDurationSeconds !== undefined && { durationSeconds: flags.pollDurationSeconds }),
      ...((pollPublic || pollAnonymous) && { isAnonymous: pollAnonymous }),
      ...(silent && { silent }),
    }
    if (dryRun) {
      out.result({ ok: true, dryRun: true, ...params }, () => [
        t('message.wouldAsk', { target: to, channel: flags.channel ?? '?', question }),
      ])
      return 0
    }
    const asked = await withGateway(
      context,
      flags,
      { scopes: ['operator.write'] },
      (gateway: GatewayLine<typeof messageMethods>) =>
        gateway.call('poll', { ...params, idempotencyKey: randomUUID() }, { timeoutMs: flags.timeout ?? answerMs }),
    )
    out.result({ ok: true, ...asked }, () => [
      t('message.asked', { target: asked.to, channel: asked.channel, id: asked.messageId }),
    ])
    return 0
  },
})
