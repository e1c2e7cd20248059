/** 让智能体说话的命令以及会话命令的文本。 */
export const agent = {
  'agent.summary': '对智能体说话并输出它的回答。',
  'agent.description':
    '在运行中的网关上执行一轮对话；Ctrl-C 结束这一轮。连接中断时自动重连，对话继续。同时加 --json 和 --stream 时，标准输出的每一行是一个 JSON 对象。',
  'agent.message': '要说的话。',
  'agent.messageFile': '从这个文件读取；- 表示标准输入。',
  'agent.agent': '智能体；默认使用缺省的那个。',
  'agent.sessionKey': '会话：main、自定的名字，或 agent:<id>:<名字>。',
  'agent.sessionId': '用会话记录的 id 指定会话。',
  'agent.model': '这一轮使用的模型，写作 <供应商>/<模型>。',
  'agent.thinking': '这一轮模型思考的力度。',
  'agent.stream': '边生成边输出。',
  'agent.timeout': '这一轮的时限（秒）；0 表示不限。默认用配置中的值。',
  'agent.oneMessage': '请用 --message 或 --message-file 给出一条消息。',
  'agent.emptyMessage': '消息是空的。',
  'agent.fileUnreadable': '无法读取 {path}（{code}）。',
  'agent.lost': '连接中断，对话仍在继续。正在重新连接。',
  'agent.aborted': '这一轮已停止。',
  'agent.silent': '智能体没有说话。',
} as const
