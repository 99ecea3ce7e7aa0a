"""The analyst's computer: takes the tap's datagrams and answers nothing."""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
    listening.bind((sys.argv[1], int(sys.argv[2])))
    while True:
        listening.recv(2048)
