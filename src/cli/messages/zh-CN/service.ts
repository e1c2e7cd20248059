/** 把网关安装为服务、启动和停止的命令的文本。 */
export const service = {
  'gateway.install.summary': '把该档案的网关安装为服务并启动。',
  'gateway.install.description':
    '每个档案各有自己名字的 systemd 用户单元、launchd 代理或 Windows 任务。其中没有任何密钥：网关自己读取配置。重复执行不会改变任何东西。',
  'gateway.install.port': '先把该端口写入配置。',
  'gateway.install.force': '替换不一致的定义；旧的保留在旁边。',
  'gateway.install.dryRun': '只显示将要写入的内容，不做改动。',
  'gateway.install.example.dryRun': '先看看单元的内容',
  'gateway.install.wouldWrite': '将写入 {path}：',
  'gateway.install.nothingWritten': '没有写入或启动任何东西。',
  'gateway.install.backup': '原来的定义现在是 {path}。',
  'gateway.install.outside': '该档案已有一个网关在服务之外运行（进程 {pid}）。交给服务：{command}',
  'gateway.uninstall.summary': '停止该档案的服务并删除其定义。',
  'gateway.uninstall.description': '配置、状态和工作区保留。没有可删除的也不算错误。',
  'gateway.uninstall.force': '手写的定义也删除。',
  'gateway.uninstall.kept': '配置、状态和工作区保持原样。',
  'gateway.uninstall.nothing': '该档案没有安装服务。',
  'gateway.start.summary': '启动该档案的网关并等待它应答。',
  'gateway.start.description': '启动服务。没有服务管理器时（例如在容器里），在后台启动网关，但没有人会再次启动它。',
  'gateway.start.already': '网关已在运行（进程 {pid}，端口 {port}）。',
  'gateway.start.plain': '已在后台启动网关（进程 {pid}，端口 {port}）。',
  'gateway.start.unattended': '没有服务管理器看管它：它不会自行重启。',
  'gateway.restart.summary': '重启该档案的网关并等待它应答。',
  'gateway.restart.description': '正在进行的对话可以先完成。没有运行的网关会被启动。',
  'gateway.restart.plain': '已在后台重启网关（进程 {pid}，端口 {port}）。',

  'service.installed': '已安装 {title}：{name}',
  'service.already': '已经安装，无需改动。{title}：{name}',
  'service.started': '已启动 {title}：{name}',
  'service.restarted': '已重启 {title}：{name}',
  'service.stopped': '已停止 {title}：{name}',
  'service.removed': '已删除 {title}：{name}',
  'service.answers': '网关已应答（进程 {pid}，端口 {port}）。',
  'service.status.notInstalled': '未安装',
  'service.status.noManager': '这里没有服务管理器',
  'service.status.noSession': '从这个终端无法询问其管理器',
  'service.status.differs': '它与现在会安装的内容不一致。更新：{command}',
  'service.status.other': '这个定义属于另一个档案或配置文件。',
  'service.status.foreign': '这个定义不是由 "gateway install" 生成的。',
  'service.status.stale': '它启动的网关属于这里已不存在的档案或配置文件。',
  'service.warn.managed': '服务运行的是 {path}，版本管理器或升级可能会移走它。届时：{command}',
  'service.warn.temporary': '服务运行的是 {path}，这是临时位置。请先正式安装 openclaw，再重新安装服务。',
  'service.warn.variable': '{name} 只在这个终端里设置；服务看不到它。请写入配置或 {file}。',
  'service.warn.linger': '您注销后服务就会结束。要保持运行：{command}',

  'service_unavailable.none':
    '这里没有服务管理器（用户级 systemd、launchd 或任务计划程序）。"gateway start" 在后台启动网关；在容器里请让 "gateway run" 作为主进程。',
  'service_unavailable.no_session':
    '从这个终端无法询问您的用户的服务管理器（su、sudo、cron 或容器）。请以该用户本人登录，或不用它来启动网关："gateway start"。',
  'service_unavailable.installed':
    '{name} 已安装，但从这个终端无法询问其服务管理器。请以该用户本人登录，或设置 XDG_RUNTIME_DIR=/run/user/{uid} 后重试。',
  'service_unavailable.tunnel':
    '这里没有能保持隧道的服务管理器（用户级 systemd 或 launchd）。请改为一直运行 "tunnel run"。',
  'service_unavailable.container': '网关是这个容器的主进程：请重启容器。',
  'service_conflict.differs':
    '{name} 已安装，但与现在会安装的不一致：另一个 Node、另一个版本，或被手工修改（{path}）。--force 会更新它并保留旧的。',
  'service_conflict.foreign':
    '{name} 已存在，且不是由 "{command}" 生成的（{path}）。请先查看；--force 会替换它并保留旧的。',
  'service_conflict.other':
    '{name} 属于另一个档案或配置文件（{path}），不会被改动。请给这一个另取名字：OPENCLAW_SYSTEMD_UNIT、OPENCLAW_LAUNCHD_LABEL 或 OPENCLAW_WINDOWS_TASK_NAME。',
  'service_failed.slow': '网关已启动，但 {seconds} 秒后仍未就绪。它也许还会就绪；日志里有它在做什么。',
  'service_failed.ended': '{name} 在启动时结束（上次退出码 {code}）。查看原因：{logs}',
  'service_failed.refused': '网关在启动时结束（退出码 {code}，{path}）：\n{said}',
} as const
