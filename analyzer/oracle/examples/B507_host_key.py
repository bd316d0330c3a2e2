from paramiko import client
from paramiko import AutoAddPolicy, WarningPolicy as W
import paramiko
ssh_client = client.SSHClient()
ssh_client.set_missing_host_key_policy(client.AutoAddPolicy)
ssh_client.set_missing_host_key_policy(client.WarningPolicy)
ssh_client.set_missing_host_key_policy(client.AutoAddPolicy()); c.set_missing_host_key_policy(AutoAddPolicy())
ssh_client.set_missing_host_key_policy(AutoAddPolicy); ssh_client.set_missing_host_key_policy(W)
ssh_client.set_missing_host_key_policy(client.RejectPolicy); ssh_client.set_missing_host_key_policy(policy=AutoAddPolicy)
ssh_client.set_missing_host_key_policy("AutoAddPolicy"); ssh_client.set_missing_host_key_policy(a["AutoAddPolicy"])
ssh_client.set_missing_host_key_policy(); set_missing_host_key_policy(AutoAddPolicy)
ssh_client.set_missing_host_key_policy(AutoAddPolicy()()); ssh_client.set_missing_host_key_policy(*AutoAddPolicy)
ssh_client.set_missing_host_key_policy(
    AutoAddPolicy
)
