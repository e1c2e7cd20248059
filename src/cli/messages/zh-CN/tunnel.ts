import type { tunnel as en } from '../en/tunnel.js'

/** 保持到远程网关的 SSH 隧道的命令。 */
export const tunnel: Readonly<Record<keyof typeof en, string>> = {
  'tunnel.option.ssh': 'ssh 登录到哪里：user@host[:port]，或 ~/.ssh/config 里的别名。',
  'tunnel.option.identity': '私钥文件。',
  'tunnel.option.localPort': '本机端口。',
  'tunnel.option.remotePort': '另一台机器上网关的端口。',

  'tunnel.run.summary': '在前台保持到远程网关的 SSH 隧道。',
  'tunnel.run.description': '断开后会自己恢复。按 Ctrl-C 停止。',
  'tunnel.run.connecting': '正在连接：{title}',
  'tunnel.run.up': '隧道已建立：{title}',
  'tunnel.run.waiting': '{why} {seconds} 秒后重试。',

  'tunnel.status.summary': '显示 SSH 隧道，以及网关是否经它应答。',
  'tunnel.status.description': '网关不应答时以 1 退出。不会建立隧道。',
  'tunnel.status.tunnel': '隧道',
  'tunnel.status.service': '服务',
  'tunnel.status.run': '前台隧道',
  'tunnel.status.localEnd': '本地端',
  'tunnel.status.open': '接受连接',
  'tunnel.status.closed': '已关闭',
  'tunnel.status.notInstalled': '未安装',
  'tunnel.status.other': '同名的定义不是为此档案生成的',

  'tunnel.install.summary': '让服务管理器保持 SSH 隧道：登录时启动，断开后重连。',
  'tunnel.install.description':
    '用户级 systemd 或 launchd。会先试建一次隧道：写入任何内容之前就检查主机密钥、密钥和端口。',
  'tunnel.install.force': '替换不一致的定义；旧的保留在旁边。',
  'tunnel.install.noCheck': '不先试建隧道，例如另一台机器关机时。',
  'tunnel.install.stands': '{title}。查看：{command}',
  'tunnel.restart.summary': '重启由服务管理器保持的 SSH 隧道。',
  'tunnel.restart.description': '经过它的连接会被切断。',
  'tunnel.uninstall.summary': '结束 SSH 隧道并删除其定义。',
  'tunnel.uninstall.description': '配置保持不变。',
  'tunnel.uninstall.nothing': '此档案没有安装隧道。',

  'service_not_installed.tunnel': '隧道没有安装为服务。',
  'service_unavailable.session':
    '无法从这个 shell（su、sudo、cron 或容器）询问你的用户的服务管理器。请以该用户登录，或为 {name} 设置 XDG_RUNTIME_DIR=/run/user/{uid}。',
  'tunnel_not_configured.direct': 'gateway.remote.transport 是 "direct"：不使用隧道。',
  'tunnel_not_configured.elsewhere': 'gateway.remote.url 是 {url}，它不是隧道的本地端。请设为 ws://127.0.0.1:<端口>。',
  'tunnel_failed.ssh_missing': '这台机器上没有 ssh 程序。请安装 OpenSSH 客户端。',
  'tunnel_failed.host_key_unknown':
    '这里不认识 {target} 的主机密钥。请手工登录一次并核对：{ssh}。或把 gateway.remote.sshHostKeyPolicy 设为 "openssh"。',
  'tunnel_failed.host_key_changed':
    '{target} 的主机密钥与这里已知的不同。请先查明原因，再删除旧的：ssh-keygen -R {host}',
  'tunnel_failed.permission_denied':
    '{target} 不接受本用户的密钥。请把公钥放过去：{copyId}。带口令的密钥需要 ssh-agent。',
  'tunnel_failed.bad_identity': '密钥文件 {detail} 无法使用。请检查它存在、是私钥、权限为 0600。',
  'tunnel_failed.port_in_use': '本机端口 {port} 已被占用：另一条隧道或网关在用它。请修改 gateway.remote.url 里的端口。',
  'tunnel_failed.dns': '无法解析 {target} 的主机名。',
  'tunnel_failed.refused': '{target} 拒绝连接：那里的 sshd 在运行吗，端口对吗？',
  'tunnel_failed.timeout': '{target} 没有及时应答。',
  'tunnel_failed.network': '无法到达 {target}（{detail}）。',
  'tunnel_failed.forbidden': '{target} 不允许端口转发（AllowTcpForwarding、PermitOpen）。',
  'tunnel_failed.ended': '到 {target} 的 ssh 结束了（{detail}）。',
}
