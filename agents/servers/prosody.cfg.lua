-- Prosody 0.12 for the agents of traumatwin: /etc/prosody/prosody.cfg.lua
--
-- Change the three marked lines. Make each agent's account with
--   prosodyctl adduser leader_assistant@trauma.example
-- and write the same address and password into the agents' file of accounts.

interfaces = { "127.0.0.1" }           -- (1) or the address of the network that agents are on
c2s_ports = { 5222 }
s2s_ports = {}                         -- agents talk to nobody beyond this server

modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "limits" }
modules_disabled = { "s2s" }

authentication = "internal_hashed"
allow_registration = false             -- no stranger makes himself an account
c2s_require_encryption = true          -- no password and no patient's data in the clear

-- A longer stanza ends its sender's connection. Agents never send one beyond 256 KiB.
c2s_stanza_size_limit = 262144
limits = { c2s = { rate = "1mb/s", burst = "4s" } }

storage = "internal"
data_path = "/var/lib/prosody"
pidfile = "/run/prosody/prosody.pid"
log = { warn = "*console" }

certificates = "certs"                 -- (2) trauma.example.crt and .key in there, beside this file

VirtualHost "trauma.example"           -- (3) the agents' domain; the certificate must name it
