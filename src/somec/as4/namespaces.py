"""Names of ebMS 3.0, AS4 and WS-Security: namespaces, transforms and fixed URIs."""

from __future__ import annotations

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
EBBP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
DSIG11 = "http://www.w3.org/2009/xmldsig11#"
DSIG_MORE = "http://www.w3.org/2021/04/xmldsig-more#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
INC_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
XML = "http://www.w3.org/XML/1998/namespace"

_SWA = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#"
ATTACHMENT_CONTENT = _SWA + "Attachment-Content-Signature-Transform"
ATTACHMENT_CIPHERTEXT = _SWA + "Attachment-Ciphertext-Transform"
ATTACHMENT_CONTENT_ONLY = _SWA + "Attachment-Content-Only"

_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#"
_X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#"
BASE64_BINARY = _SECURITY + "Base64Binary"
X509V3 = _X509 + "X509v3"
X509_PKI_PATH = _X509 + "X509PKIPathv1"
X509_KEY_ID = _X509 + "X509SubjectKeyIdentifier"
THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
ENCRYPTED_KEY_SHA1 = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKeySHA1"
ENCRYPTED_KEY_TOKEN = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"  # noqa: S105

DEFAULT_MPC = EB + "defaultMPC"
ROLE_INITIATOR = EB + "initiator"
ROLE_RESPONDER = EB + "responder"
TEST_SERVICE = EB + "service"
TEST_ACTION = EB + "test"

SOAP_TYPE = "application/soap+xml"
GZIP_TYPE = "application/gzip"
OCTET_TYPE = "application/octet-stream"
