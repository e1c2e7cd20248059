import { defineCommand } from '../../define.js'
import { accountOptions, accountParams, type DirectoryLine } from '../../directory/show.js'
import { withGateway } from '../../gateway-line.js'

export default defineCommand({
  summary: 'directory.self.summary',
  options: accountOptions,
  examples: [{ command: 'directory self --channel telegram' }],
  async run(context, _args, { channel, account, ...flags }) {
    const which = { ...(channel !== undefined && { channel }), ...(account !== undefined && { account }) }
    const found = await withGateway(context, flags, { scopes: ['operator.read'] }, (gateway: DirectoryLine) =>
      gateway.call('directory.self', accountParams(which)),
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
