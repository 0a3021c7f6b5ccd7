//! `wasi:sockets`: there are none. Creating one is refused, so no socket exists for the other functions to be called on,
//! and the type system is told so: [`Socket`] has no values.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Layer;
use crate::bindings::exports::wasi::io::poll::Pollable;
use crate::bindings::exports::wasi::io::streams::{InputStream, OutputStream};
use crate::bindings::exports::wasi::sockets::{
    instance_network, ip_name_lookup, network, tcp, tcp_create_socket, udp, udp_create_socket,
};
use network::ErrorCode;

/// The network, of which nothing can be reached.
pub struct Network;

/// A socket, or something got from one.
pub enum Socket {}

impl network::GuestNetwork for Network {}

impl network::Guest for Layer {
    type Network = Network;
}

impl instance_network::Guest for Layer {
    fn instance_network() -> instance_network::Network {
        instance_network::Network::new(Network)
    }
}

impl tcp_create_socket::Guest for Layer {
    fn create_tcp_socket(_: network::IpAddressFamily) -> Result<tcp::TcpSocket, ErrorCode> {
        Err(ErrorCode::AccessDenied)
    }
}

impl udp_create_socket::Guest for Layer {
    fn create_udp_socket(_: network::IpAddressFamily) -> Result<udp::UdpSocket, ErrorCode> {
        Err(ErrorCode::AccessDenied)
    }
}

impl ip_name_lookup::Guest for Layer {
    type ResolveAddressStream = Socket;

    fn resolve_addresses(
        _: network::NetworkBorrow<'_>,
        _: String,
    ) -> Result<ip_name_lookup::ResolveAddressStream, ErrorCode> {
        Err(ErrorCode::AccessDenied)
    }
}

impl tcp::Guest for Layer {
    type TcpSocket = Socket;
}

impl udp::Guest for Layer {
    type UdpSocket = Socket;
    type IncomingDatagramStream = Socket;
    type OutgoingDatagramStream = Socket;
}

/// Implements functions that take a value that cannot exist.
macro_rules! unreachable_functions {
    ($(fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {
        $(fn $name(&self $(, _: $type)*) -> $result { match *self {} })*
    };
}

impl ip_name_lookup::GuestResolveAddressStream for Socket {
    unreachable_functions! {
        fn resolve_next_address(&self) -> Result<Option<network::IpAddress>, ErrorCode>;
        fn subscribe(&self) -> Pollable;
    }
}

impl udp::GuestIncomingDatagramStream for Socket {
    unreachable_functions! {
        fn receive(&self, max_results: u64) -> Result<Vec<udp::IncomingDatagram>, ErrorCode>;
        fn subscribe(&self) -> Pollable;
    }
}

impl udp::GuestOutgoingDatagramStream for Socket {
    unreachable_functions! {
        fn check_send(&self) -> Result<u64, ErrorCode>;
        fn send(&self, datagrams: Vec<udp::OutgoingDatagram>) -> Result<u64, ErrorCode>;
        fn subscribe(&self) -> Pollable;
    }
}

impl udp::GuestUdpSocket for Socket {
    unreachable_functions! {
        fn start_bind(&self, network: udp::NetworkBorrow<'_>, local_address: udp::IpSocketAddress)
            -> Result<(), ErrorCode>;
        fn finish_bind(&self) -> Result<(), ErrorCode>;
        fn stream(&self, remote_address: Option<udp::IpSocketAddress>)
            -> Result<(udp::IncomingDatagramStream, udp::OutgoingDatagramStream), ErrorCode>;
        fn local_address(&self) -> Result<udp::IpSocketAddress, ErrorCode>;
        fn remote_address(&self) -> Result<udp::IpSocketAddress, ErrorCode>;
        fn unicast_hop_limit(&self) -> Result<u8, ErrorCode>;
        fn set_unicast_hop_limit(&self, value: u8) -> Result<(), ErrorCode>;
        fn receive_buffer_size(&self) -> Result<u64, ErrorCode>;
        fn set_receive_buffer_size(&self, value: u64) -> Result<(), ErrorCode>;
        fn send_buffer_size(&self) -> Result<u64, ErrorCode>;
        fn set_send_buffer_size(&self, value: u64) -> Result<(), ErrorCode>;
        fn subscribe(&self) -> Pollable;
    }
}

impl tcp::GuestTcpSocket for Socket {
    unreachable_functions! {
        fn start_bind(&self, network: tcp::NetworkBorrow<'_>, local_address: tcp::IpSocketAddress)
            -> Result<(), ErrorCode>;
        fn finish_bind(&self) -> Result<(), ErrorCode>;
        fn start_connect(&self, network: tcp::NetworkBorrow<'_>, remote_address: tcp::IpSocketAddress)
            -> Result<(), ErrorCode>;
        fn finish_connect(&self) -> Result<(InputStream, OutputStream), ErrorCode>;
        fn start_listen(&self) -> Result<(), ErrorCode>;
        fn finish_listen(&self) -> Result<(), ErrorCode>;
        fn accept(&self) -> Result<(tcp::TcpSocket, InputStream, OutputStream), ErrorCode>;
        fn local_address(&self) -> Result<tcp::IpSocketAddress, ErrorCode>;
        fn remote_address(&self) -> Result<tcp::IpSocketAddress, ErrorCode>;
        fn is_listening(&self) -> bool;
        fn set_listen_backlog_size(&self, value: u64) -> Result<(), ErrorCode>;
        fn keep_alive_enabled(&self) -> Result<bool, ErrorCode>;
        fn set_keep_alive_enabled(&self, value: bool) -> Result<(), ErrorCode>;
        fn keep_alive_idle_time(&self) -> Result<tcp::Duration, ErrorCode>;
        fn set_keep_alive_idle_time(&self, value: tcp::Duration) -> Result<(), ErrorCode>;
        fn keep_alive_interval(&self) -> Result<tcp::Duration, ErrorCode>;
        fn set_keep_alive_interval(&self, value: tcp::Duration) -> Result<(), ErrorCode>;
        fn keep_alive_count(&self) -> Result<u32, ErrorCode>;
        fn set_keep_alive_count(&self, value: u32) -> Result<(), ErrorCode>;
        fn hop_limit(&self) -> Result<u8, ErrorCode>;
        fn set_hop_limit(&self, value: u8) -> Result<(), ErrorCode>;
        fn receive_buffer_size(&self) -> Result<u64, ErrorCode>;
        fn set_receive_buffer_size(&self, value: u64) -> Result<(), ErrorCode>;
        fn send_buffer_size(&self) -> Result<u64, ErrorCode>;
        fn set_send_buffer_size(&self, value: u64) -> Result<(), ErrorCode>;
        fn subscribe(&self) -> Pollable;
        fn shutdown(&self, shutdown_type: tcp::ShutdownType) -> Result<(), ErrorCode>;
    }
}
