from ftplib import FTP, FTP_TLS
import ftplib
ftp = FTP("ftp.example.com")
ftplib.FTP("ftp.example.com"); FTP_TLS("x"); ftplib.FTP_TLS("x")
with ftplib.FTP(
    "ftp.example.com"
) as ftp:
    pass
