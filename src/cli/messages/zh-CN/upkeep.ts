/** 维护档案的命令的文本：reset、uninstall、backup、update。 */
export const upkeep = {
  'prompt.yes': '是',
  'prompt.no': '否',
  'option.yes': '直接执行，不再询问。',
  'option.nonInteractive': '不提问。',

  'removal.title': '以下内容将被永久删除',
  'removal.sure': '全部删除？',
  'removal.removed': '已删除',
  'removal.nothing': '没有可删除的内容。',
  'removal.kept': '保留 {path}：{why}',
  'removal.why.otherProfile': '它属于另一个档案。',
  'removal.why.outside': '它不在此档案自己的目录内。',
  'removal.why.notAsked': '没有要求删除它。',

  'reset.summary': '清空此档案：配置、凭据、会话或全部。',
  'reset.description': '只删除 --dry-run 列出的内容，绝不碰其他档案的文件。网关运行时会被拒绝。',
  'reset.option.scope':
    'config：配置（保留一份 .bak）。config+creds+sessions：还有登录、密钥和会话。full：还有其余状态和工作区。',
  'reset.option.dryRun': '只列出将被删除的内容。',
  'reset.whichScope': '要清除什么？（--scope config、config+creds+sessions 或 full）',
  'reset.scope.config': '配置；保留一份 .bak',
  'reset.scope.sessions': '还有登录、密钥和会话',
  'reset.scope.full': '此档案的一切，包括工作区',
  'reset.backup': '被删除的配置保存在 {path}。',

  'uninstall.summary': '从本机移除此档案：服务、状态、工作区。',
  'uninstall.description': '只删除 --dry-run 列出的内容，绝不碰其他档案的文件。网关运行时不能删除状态和工作区。',
  'uninstall.option.service': '停止服务并删除其定义。',
  'uninstall.option.state': '删除配置、凭据、会话和日志；保留工作区。',
  'uninstall.option.workspace': '删除位于此档案目录内的工作区。',
  'uninstall.option.all': '以上三项。',
  'uninstall.whichScope': '要移除什么？（--service、--state、--workspace 或 --all）',
  'uninstall.program': '程序本身仍在；用 npm 删除：npm uninstall -g openclaw',
} as const
