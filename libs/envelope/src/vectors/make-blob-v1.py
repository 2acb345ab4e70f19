"""Makes blob-v1.json with the Python package `cryptography`: an implementation that shares no code with ours."""
import hashlib, hmac, json, struct, pathlib
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def lp(*parts):
    out = b""
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        out += struct.pack(">I", len(data)) + data
    return out


def hkdf(key, salt, info, length):
    return HKDF(hashes.SHA512(), length, salt, info).derive(key)


def vector(name, seed, dek, row, secret, config, salt, iv):
    dek_key = hkdf(seed, b"", lp("byok/dek/v1", row["deploymentId"], row["orgId"], dek["dekId"], dek["dekVersion"], dek["kekScope"]), 32)
    aad = lp(1, row["deploymentId"], row["orgId"], row["ownerType"], row["ownerId"], row["provider"], row["keyId"], row["keyVersion"], row["field"])
    record = hkdf(dek_key, salt, b"byok-record" + hashlib.sha256(aad).digest(), 64)
    commit = record[32:]
    sealed = AESGCM(record[:32]).encrypt(iv, secret.encode(), aad + commit)
    blob = b"BK\x01\x01" + bytes.fromhex(dek["dekId"][4:]) + struct.pack(">I", dek["dekVersion"]) + salt + commit + iv + sealed
    print_key = hkdf(dek_key, b"", lp("byok/fingerprint/v1", row["orgId"]), 32)
    mac_key = hkdf(dek_key, b"", lp("byok/config-mac/v1", row["orgId"]), 32)
    fields = [x for key in sorted(config) for x in (key, config[key])]
    mac = hmac.new(mac_key, lp("byok/config/v1", aad, len(config), *fields), "sha512").digest()[:32]
    return dict(name=name, seed=seed.hex(), dek=dek, row=row, secret=secret, config=config, salt=salt.hex(), iv=iv.hex(), aad=aad.hex(),
                blob=blob.hex(), fingerprint=hmac.new(print_key, secret.encode(), "sha256").hexdigest(), configMac=mac.hex())


def byte_run(start, length):
    return bytes((start + i * 7) % 256 for i in range(length))


row = dict(deploymentId="dep-1", orgId="org_" + "1" * 32, ownerType="group", ownerId="grp_" + "2" * 32, provider="openai", keyId="key_" + "3" * 32, keyVersion=1, field="secret")
dek = dict(dekId="dek_" + "0123456789abcdef" * 2, dekVersion=1, kekScope="tenant")
vectors = [
    vector("a group's OpenAI key", byte_run(1, 32), dek, row, "sk-test-0123456789abcdefghij", {}, byte_run(2, 32), byte_run(3, 12)),
    vector("a platform key, third version, endpoint in its config", byte_run(9, 32), dict(dek, dekVersion=7, kekScope="platform"),
           dict(row, orgId="platform", ownerType="platform", ownerId="platform", provider="azure", keyVersion=3), '{"apiKey":"k\u00e9y \u6f22"}',
           {"endpoint": "https://a.example", "apiVersion": "2026-01-01"}, byte_run(77, 32), byte_run(200, 12)),
    vector("an empty secret", byte_run(5, 32), dek, dict(row, ownerType="user", ownerId="usr_" + "4" * 32), "", {"region": ""}, byte_run(0, 32), byte_run(0, 12)),
]
pathlib.Path(__file__).with_name("blob-v1.json").write_text(json.dumps(vectors, indent=1, ensure_ascii=True) + "\n")
