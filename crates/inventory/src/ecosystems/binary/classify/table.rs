//! The programs that are told by their bytes, most of them from how they answer when asked for their version.

use super::Row;

/// A row: the package, its CPEs, the names of its files, how its version stands in them.
const fn row(
    package: &'static str,
    cpes: &'static [&'static str],
    names: &'static [&'static str],
    says: &'static [&'static str],
) -> Row {
    Row { package, cpes, names, says }
}

/// Every program, by what it is for.
#[rustfmt::skip]
pub(super) const TABLE: &[Row] = &[
    // Languages.
    row("python", &["python:python"], &["python*", "libpython*.so*"], &["\0{name}\0"]),
    row("node", &["nodejs:node.js"], &["node", "nodejs", "libnode.so*"], &["\0node.js/v{}\0"]),
    row("deno", &["deno:deno"], &["deno"], &["Deno/{}+"]),
    row("bun", &["oven-sh:bun"], &["bun"], &["\0Bun/{}\0", "\0Bun v{} ("]),
    row("php", &["php:php"], &["php", "php*", "libphp*.so"], &["\0X-Powered-By: PHP/{}\0"]),
    row("ruby", &["ruby-lang:ruby"], &["ruby*", "libruby*.so*"], &["\0ruby {numbers}p", "\0ruby {} ("]),
    row("perl", &["perl:perl"], &["perl", "perl5*", "libperl.so*"], &["\0v{}\0"]),
    row("lua", &["lua:lua"], &["lua", "lua5*", "luac", "luac5*", "liblua*.so*"], &["Lua {}  Copyright (C)", "$Lua: Lua {} "]),
    row("luajit", &["luajit:luajit"], &["luajit*", "libluajit*.so*"], &["\0LuaJIT {}\0"]),
    row("dart", &["dart:dart_software_development_kit"], &["dart", "dartvm", "dartaotruntime"], &["\0{} (stable) (", "\0{} (beta) ("]),
    row("ocaml", &["ocaml:ocaml"], &["ocamlrun", "ocamlrund", "ocamlruni"], &["\0The OCaml runtime, version {}\0"]),
    row("ghc", &["haskell:ghc"], &["ghc", "ghc-*"], &["libHSghc-{numbers}-ghc"]),
    row("rust", &["rust-lang:rust"], &["librustc_driver-*.so"], &["-rust-{}-"]),
    row("erts", &["erlang:erts"], &["beam.smp", "beam"], &["\0Erlang (%s) emulator version {}\n", "\0(BEAM) emulator version {}\n"]),
    row("tcl", &["tcl:tcl"], &["libtcl*.so"], &["\0{name}\0"]),
    row("guile", &["gnu:guile"], &["libguile-*.so*"], &["\0{name}\0"]),
    row("gcc", &["gnu:gcc"], &["gcc", "gcc-*", "*-gcc", "*-gcc-*", "g++"], &["{alone}"]),
    row("make", &["gnu:make"], &["make", "gmake"], &["{alone}"]),
    row("gawk", &["gnu:gawk"], &["gawk", "gawk-*"], &["\0GNU Awk {}\0"]),

    // Web servers and proxies.
    row("openresty", &["openresty:openresty"], &["nginx", "openresty", "nginx-debug"], &["\0nginx version: openresty/{}\n"]),
    row("nginx", &["f5:nginx", "nginx:nginx"], &["nginx", "nginx-debug"], &["\0nginx version: nginx/{}\n", "\0nginx/{}\0"]),
    row("httpd", &["apache:http_server"], &["httpd", "apache2"], &["\0Apache/{long}\0"]),
    row("haproxy", &["haproxy:haproxy"], &["haproxy"], &["\0 version {}-", "\0 version {},"]),
    row("lighttpd", &["lighttpd:lighttpd"], &["lighttpd"], &["\0lighttpd/{}\0"]),
    row("varnish", &["varnish-software:varnish_cache", "varnish_cache_project:varnish_cache"], &["varnishd"], &["\0varnish-{} revision "]),
    row("squid", &["squid-cache:squid"], &["squid"], &["\0squid/{}\0"]),
    row("stunnel", &["stunnel:stunnel"], &["stunnel", "stunnel4"], &["\0stunnel {} on "]),
    row("keepalived", &["keepalived:keepalived"], &["keepalived"], &["\0Keepalived v{} ("]),
    row("coturn", &["coturn_project:coturn"], &["turnserver"], &["\0Coturn-{} '"]),
    row("tor", &["torproject:tor"], &["tor"], &["\0tor {}\0"]),

    // Databases and queues.
    row("redis", &["redis:redis", "redislabs:redis"], &["redis-server", "redis-sentinel", "redis-cli", "redis-check-rdb", "redis-check-aof"], &["{built}"]),
    row("valkey", &["lfprojects:valkey"], &["valkey-server", "valkey-sentinel", "valkey-cli", "valkey-check-rdb", "valkey-check-aof"], &["{built}"]),
    row("postgresql", &["postgresql:postgresql"], &["postgres", "pg_ctl", "initdb", "pg_dump"], &["(PostgreSQL) {}"]),
    row("mariadb", &["mariadb:mariadb"], &["mariadbd", "mysqld", "mariadb", "mysql"], &["\0{numbers}-MariaDB"]),
    row("memcached", &["memcached:memcached"], &["memcached"], &["\0memcached {}\0", "\0VERSION {}\0"]),
    row("sqlite", &["sqlite:sqlite"], &["libsqlite3.so*"], &["{alone}"]),
    row("openldap", &["openldap:openldap"], &["slapd"], &["$OpenLDAP: slapd {}"]),
    row("mosquitto", &["eclipse:mosquitto"], &["mosquitto"], &["{alone}"]),

    // Mail, names, time, files.
    row("postfix", &["postfix:postfix"], &["postfix", "master"], &["\0mail_version={}\0"]),
    row("dovecot", &["dovecot:dovecot"], &["dovecot"], &["\0Dovecot v{} ("]),
    row("bind", &["isc:bind"], &["named"], &["\0libisc-{numbers}"]),
    row("unbound", &["nlnetlabs:unbound"], &["unbound"], &["\0unbound {}\0"]),
    row("dnsmasq", &["thekelleys:dnsmasq"], &["dnsmasq"], &["\0dnsmasq-{}\0"]),
    row("bird", &["nic:bird"], &["bird", "birdc"], &["\0BIRD {}\0", "\0BIRD version {}\n"]),
    row("freeradius", &["freeradius:freeradius"], &["freeradius", "radiusd"], &["\0FreeRADIUS Version {},"]),
    row("chrony", &["tuxfamily:chrony"], &["chronyd"], &["{alone}"]),
    row("proftpd", &["proftpd:proftpd"], &["proftpd"], &["\0ProFTPD Version {}\0"]),
    row("vsftpd", &["vsftpd_project:vsftpd"], &["vsftpd"], &["\0vsftpd: version {}\n"]),

    // Remote access and cryptography.
    row("openssl", &["openssl:openssl"], &["openssl", "libcrypto.so*", "libssl.so*"], &["\0OpenSSL {} "]),
    row("openssh", &["openbsd:openssh"], &["sshd", "sshd-session", "ssh", "ssh-keygen", "ssh-agent"], &["\0OpenSSH_{staged}\0"]),
    row("openvpn", &["openvpn:openvpn"], &["openvpn"], &["\0OpenVPN {} "]),
    row("wireguard-tools", &["wireguard:wireguard-tools"], &["wg"], &["{alone}"]),
    row("gnupg", &["gnupg:gnupg"], &["gpg", "gpg2"], &["OpenPGP server {} ready"]),
    row("gnutls", &["gnu:gnutls"], &["libgnutls.so*"], &["\0Enabled GnuTLS {} logging"]),
    row("libgcrypt", &["gnupg:libgcrypt"], &["libgcrypt.so*"], &["\nThis is Libgcrypt {} - "]),
    row("nss", &["mozilla:network_security_services"], &["libnss3.so"], &["Version: NSS {}"]),
    row("krb5", &["mit:kerberos_5"], &["libkrb5.so*"], &["\0KRB5_BRAND: krb5-{numbers}-final"]),
    row("libssh2", &["libssh2:libssh2"], &["libssh2.so*"], &["\0SSH-2.0-libssh2_{}\0"]),
    row("libsodium", &["libsodium:libsodium"], &["libsodium.so*"], &["{alone}"]),

    // Shells and tools.
    row("busybox", &["busybox:busybox"], &["busybox"], &["\0BusyBox v{} ("]),
    row("bash", &["gnu:bash"], &["bash"], &["\0@(#)Bash version {numbers}("]),
    row("zsh", &["zsh:zsh"], &["zsh", "zsh-*", "zsh5"], &["/zsh/{}\0"]),
    row("git", &["git-scm:git"], &["git"], &["git/{}\0"]),
    row("curl", &["haxx:curl"], &["curl"], &["\0curl {} ("]),
    row("libcurl", &["haxx:libcurl"], &["libcurl.so*", "libcurl-gnutls.so*"], &["\0libcurl/{}\0"]),
    row("jq", &["jqlang:jq", "jq_project:jq"], &["jq"], &["{alone}"]),
    row("tcpdump", &["tcpdump:tcpdump"], &["tcpdump"], &["\0%s version {}\n"]),
    row("tmux", &["tmux_project:tmux"], &["tmux"], &["{alone}"]),
    row("tar", &["gnu:tar"], &["tar"], &["{alone}"]),
    row("gzip", &["gnu:gzip"], &["gzip"], &["{alone}"]),
    row("subversion", &["apache:subversion"], &["libsvn_subr-1.so*"], &["\0@(#){} (r"]),

    // Media.
    row("ffmpeg", &["ffmpeg:ffmpeg"], &["ffmpeg*", "ffprobe*", "libavcodec.so*", "libavformat.so*"], &["\0FFmpeg version {}", "\0FFmpeg version n{}", "\0%s version {}"]),
    row("imagemagick", &["imagemagick:imagemagick"], &["magick", "libMagickCore-*.so*"], &["\0ImageMagick {revision} Q"]),

    // Libraries.
    row("glibc", &["gnu:glibc"], &["libc.so.6", "libc-2*.so"], &["release version {}"]),
    row("musl", &["musl-libc:musl"], &["ld-musl-*.so.1", "libc.musl-*.so.1"], &["{alone}"]),
    row("zlib", &["zlib:zlib"], &["libz.so*"], &["\0 inflate {} Copyright "]),
    row("bzip2", &["bzip:bzip2"], &["libbz2.so*"], &["\0{}, "]),
    row("xz", &["tukaani:xz"], &["xz", "liblzma.so*"], &["\0xz (XZ Utils) {}\0", "{alone}"]),
    row("zstd", &["facebook:zstandard"], &["zstd", "zstdmt"], &["\0v{}\0"]),
    row("libpng", &["libpng:libpng"], &["libpng*.so*"], &["\0 libpng version {} - "]),
    row("libjpeg-turbo", &["libjpeg-turbo:libjpeg-turbo"], &["libjpeg.so*", "libturbojpeg.so*"], &["\0libjpeg-turbo version {} ("]),
    row("libtiff", &["libtiff:libtiff"], &["libtiff.so*"], &["\0LIBTIFF, Version {}\n"]),
    row("libarchive", &["libarchive:libarchive"], &["libarchive.so*"], &["\0libarchive {}\0"]),
    row("expat", &["libexpat_project:libexpat"], &["libexpat.so*"], &["\0expat_{}\0"]),
    row("pcre2", &["pcre:pcre2"], &["libpcre2-8.so*"], &["\0{} 20"]),
    row("c-ares", &["c-ares:c-ares"], &["libcares.so*"], &["{alone}"]),
    row("libevent", &["libevent_project:libevent"], &["libevent-*.so*"], &["\0{numbers}-stable\0"]),
];
