import { defineCommand } from '../../define.js'
import { accountOptions, type DirectoryLine } from '../../directory/show.js'
import { withGateway } from '../../gateway-line.js'
import { answerMs, placeParams } from '../../message/options.js'

export default defineCommand({
  summary: 'directory.self.summary',
  options: accountOptions,
  examples: [{ command: 'directory self --channel telegram' }],
  async run(context, _args, { channel, account, ...flags }) {
    const found = await withGateway(context, flags, { scopes: ['operator.read'] }, (gateway: DirectoryLine) =>
      gateway.call('directory.self', placeParams({ channel, account }), { timeoutMs: flags.timeout ?? answerMs }),
    )
    const { target, name, username } = found.self
    context.out.result(found, () => [
      [target, name, username === undefined || username === name ? undefined : `@${username}`]
        .filter(Boolean)
        .join('  '),
    ])
    return 0
  },
})
