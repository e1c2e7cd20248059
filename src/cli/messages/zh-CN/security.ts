/** `openclaw security` 的文字。 */
export const security = {
  'security.audit.summary': '检查哪些地方会让这个网关容易被他人控制。',
  'security.audit.description':
    '读取此 profile 的配置和文件。无论发现什么退出码都为 0；加 --check 时，有严重问题则为 1。',
  'security.option.check': '有严重问题时退出码为 1。',
  'security.option.deep': '同时询问运行中的网关。',
  'security.option.fix': '收紧权限：文件只归所有者，开放的群组改为名单。逐项显示。',
  'security.option.dryRun': '只显示 --fix 将要做什么。',
  'security.fix': '修复：{how}',
  'security.counted': '严重 {critical} 项，警告 {warn} 项，提示 {info} 项。',
  'security.suppressed': '配置忽略了 {count} 项发现。',
  'security.nothingToFix': '没有 --fix 可以收紧的内容。',
  'security.wouldFix': '--fix 将会执行：',
  'security.fixed': '已收紧：',
} as const
