//! TLS 1.3 with raw Ed25519 public keys (RFC 7250) on both sides.
//!
//! No certificates, names or clocks: a peer is its key. No resumption, no tickets and no early data, so that nothing
//! captured on the wire can be replayed. Never decides who is a member; it proves who is talking.

use std::any::Any;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use jospar_core::ids::DeviceId;
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible,
    SignatureScheme,
};

/// The one application protocol, and its one version.
pub(super) const ALPN: &[u8] = b"jospar/1";
/// What a client calls every server; the name is not sent.
pub(super) const SERVER_NAME: &str = "jospar";
/// The label of the keying material that ties a proof to one session.
const EXPORTER_LABEL: &[u8] = b"EXPORTER-jospar/1";
/// `SubjectPublicKeyInfo` of an Ed25519 key up to the 32 bytes of the key (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// PKCS #8 version 1 of an Ed25519 key up to the 32 bytes of the seed (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// This device's key as TLS wants it, and the configurations made from it.
#[derive(Debug)]
pub(super) struct Identity {
    provider: Arc<CryptoProvider>,
    key: Arc<CertifiedKey>,
}

impl Identity {
    /// Takes the seed of `key` over into the TLS library.
    pub(super) fn new(key: &SigningKey) -> Result<Self, Error> {
        let pkcs8 = [PKCS8_PREFIX.as_slice(), key.as_bytes()].concat();
        let signer = rustls::crypto::ring::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(pkcs8))?;
        let spki = [SPKI_PREFIX.as_slice(), key.verifying_key().as_bytes()].concat();
        Ok(Self {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            key: Arc::new(CertifiedKey::new(vec![CertificateDer::from(spki)], signer)),
        })
    }

    /// How this device answers: to any key that proves possession.
    pub(super) fn server(&self) -> Result<rustls::ServerConfig, Error> {
        let verifier = Arc::new(KeyVerifier { pin: None, provider: self.provider.clone() });
        let mut config = rustls::ServerConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(self.key.clone())));
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        Ok(config)
    }

    /// How this device dials: `pin` alone is accepted, or any key that proves possession if it is `None`.
    pub(super) fn client(&self, pin: Option<DeviceId>) -> Result<rustls::ClientConfig, Error> {
        let verifier = Arc::new(KeyVerifier { pin, provider: self.provider.clone() });
        let resolver = AlwaysResolvesClientRawPublicKeys::new(self.key.clone());
        let mut config = rustls::ClientConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.resumption = Resumption::disabled();
        config.enable_early_data = false;
        config.enable_sni = false;
        Ok(config)
    }

    /// [`Identity::server`] for quinn.
    pub(super) fn quic_server(&self) -> Result<Arc<QuicServerConfig>, Error> {
        let config = QuicServerConfig::try_from(self.server()?);
        config.map(Arc::new).map_err(|error| Error::General(error.to_string()))
    }

    /// [`Identity::client`] for quinn.
    pub(super) fn quic_client(
        &self,
        pin: Option<DeviceId>,
    ) -> Result<Arc<QuicClientConfig>, Error> {
        let config = QuicClientConfig::try_from(self.client(pin)?);
        config.map(Arc::new).map_err(|error| Error::General(error.to_string()))
    }
}

/// Reads the device from what [`quinn::Connection::peer_identity`] gave.
pub(super) fn peer_device(identity: Option<Box<dyn Any>>) -> Option<DeviceId> {
    let keys = identity?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    match keys.as_slice() {
        [key] => device(key),
        _ => None,
    }
}

/// The keying material that both ends of `connection`, and nobody else, can compute.
pub(super) fn exporter(connection: &quinn::Connection) -> Option<[u8; 32]> {
    let mut output = [0; 32];
    connection.export_keying_material(&mut output, EXPORTER_LABEL, b"").ok()?;
    Some(output)
}

/// Whether a handshake failed because our own verifier did not find the pinned key.
pub(super) fn refused_by_pin(error: &quinn::ConnectionError) -> bool {
    // The verifier's refusal is the one error of ours that ends as this alert; the peer's alerts arrive as `ConnectionClosed`.
    let access_denied =
        quinn::TransportErrorCode::crypto(rustls::AlertDescription::AccessDenied.into());
    matches!(error, quinn::ConnectionError::TransportError(error) if error.code == access_denied)
}

/// Whether a handshake failed because the two ends share no protocol or no version of QUIC.
pub(super) fn is_no_protocol(error: &quinn::ConnectionError) -> bool {
    use quinn::ConnectionError as Lost;
    let alert = rustls::AlertDescription::NoApplicationProtocol;
    let no_protocol = quinn::TransportErrorCode::crypto(alert.into());
    match error {
        Lost::VersionMismatch => true,
        Lost::TransportError(error) => error.code == no_protocol,
        Lost::ConnectionClosed(closed) => closed.error_code == no_protocol,
        _ => false,
    }
}

fn device(spki: &[u8]) -> Option<DeviceId> {
    let key = spki.strip_prefix(&SPKI_PREFIX)?;
    Some(DeviceId(key.try_into().ok()?))
}

/// Accepts raw Ed25519 keys: the pinned one, or any.
#[derive(Debug)]
struct KeyVerifier {
    pin: Option<DeviceId>,
    provider: Arc<CryptoProvider>,
}

impl KeyVerifier {
    fn check_key(&self, spki: &[u8], intermediates: usize) -> Result<(), Error> {
        let found = device(spki).ok_or(CertificateError::BadEncoding)?;
        if intermediates > 0 {
            return Err(CertificateError::BadEncoding.into());
        }
        match self.pin {
            Some(pin) if pin != found => {
                Err(CertificateError::ApplicationVerificationFailure.into())
            }
            _ => Ok(()),
        }
    }

    fn check_possession(
        &self,
        message: &[u8],
        spki: &[u8],
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let spki = SubjectPublicKeyInfoDer::from(spki);
        verify_tls13_signature_with_raw_key(message, &spki, signature, algorithms)
    }
}

impl ServerCertVerifier for KeyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check_key(end_entity, intermediates.len())?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_possession(message, cert, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for KeyVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check_key(end_entity, intermediates.len())?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_possession(message, cert, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity::new(&SigningKey::from_bytes(&[7; 32])).expect("a seed makes an identity")
    }

    #[test]
    fn t06_server_gives_no_tickets_and_takes_no_early_data() {
        let config = identity().server().expect("a server configuration");
        assert_eq!(config.send_tls13_tickets, 0);
        assert_eq!(config.max_early_data_size, 0);
        assert!(!config.session_storage.can_cache());
        assert_eq!(config.alpn_protocols, [ALPN]);
    }

    #[test]
    fn t06_client_offers_no_early_data() {
        let config = identity().client(None).expect("a client configuration");
        assert!(!config.enable_early_data);
        assert!(!config.enable_sni);
        assert_eq!(config.alpn_protocols, [ALPN]);
        // `Resumption` shows nothing of itself but in its debug text.
        assert!(format!("{:?}", config.resumption).contains("NoClientSessionStorage"));
    }

    #[test]
    fn only_a_whole_ed25519_key_is_a_device() {
        let spki = [SPKI_PREFIX.as_slice(), &[9; 32]].concat();
        assert_eq!(device(&spki), Some(DeviceId([9; 32])));
        assert_eq!(device(&spki[..43]), None);
        assert_eq!(device(&[spki.as_slice(), &[0]].concat()), None);
        assert_eq!(device(&[0; 44]), None);
    }
}
