/** 调用控制面方法的命令的文本。 */
export const control = {
  'gateway.call.summary': '调用控制面的一个方法并输出结果。',
  'gateway.call.description': '方法列表见 docs/ws-methods.md。加 --json 时，标准输出只有结果本身。',
  'gateway.call.method': '方法名，例如 sessions.list。',
  'gateway.call.params': '参数，一个 JSON 值；- 表示从标准输入读取。',
  'gateway.call.expectFinal': '方法先回答“accepted”时，等待最终回答。',
  'gateway.call.example.stdin': '从标准输入读取参数',
  'gateway.call.heading': '网关调用：{method}',
  'gateway.call.notJson': '--params 必须是有效的 JSON。{why}',
} as const
