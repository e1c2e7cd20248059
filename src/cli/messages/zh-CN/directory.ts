import type { directory as en } from '../en/directory.js'

export const directory: Record<keyof typeof en, string> = {
  'directory.self.summary': '显示渠道账号在平台上是谁。',
  'directory.peers.summary': '列出渠道账号可以写信的人。',
  'directory.groups.summary': '列出渠道账号可以写信的群组和频道。',
  'directory.members.summary': '列出群组成员（平台提供时）。',
  'directory.description':
    '第一列可直接用于 message send 的 --target。有的平台只列出一部分或什么都不列：这时显示写过消息的、已配对的和配置里写明的；最后一列说明来源。',
  'directory.option.query': '编号或名称的一部分。',
  'directory.option.limit': '最多多少条；缺省 100。',
  'directory.option.groupId': '群组或频道，如列表所示。',
  'directory.none': '没有任何已知条目。',
  'directory.more': '只显示前 {count} 条。请给出 --query 或更大的 --limit。',
  'directory.source.platform': '平台',
  'directory.source.heard': '来过消息',
  'directory.source.paired': '已配对',
  'directory.source.config': '配置',
}
