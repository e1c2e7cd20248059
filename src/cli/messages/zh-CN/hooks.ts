import type { hooks as english } from '../en/hooks.js'

export const hooks: Record<keyof typeof english, string> = {
  'hooks.list.summary': '列出钩子：其他程序可以调用的，以及在事件发生时被通知的。',
  'hooks.info.summary': '查看一个钩子。',
  'hooks.check.summary': '检查是什么让钩子无法工作。',
  'hooks.check.description': '读取配置，并查看文件和程序。有问题时退出码为 1。',
  'hooks.check.counted': '{total} 个钩子，{on} 个已开启，{problems} 个问题。',
  'hooks.enable.summary': '开启一个事件钩子。',
  'hooks.disable.summary': '关闭一个事件钩子。',
  'hooks.arg.name': '钩子的名称，见 hooks list。',
  'hooks.unknown': '没有名为“{name}”的钩子。',
  'hooks.noSwitch': '“{name}”没有自己的开关：hooks.enabled 统一开启或关闭所有调用。',
  'hooks.on': '开启',
  'hooks.off': '关闭',
  'hooks.head.status': '状态',
  'hooks.head.name': '钩子',
  'hooks.head.description': '说明',
  'hooks.head.source': '来源',
}
