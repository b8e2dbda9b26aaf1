#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TLS handshake oracle: what tshark sees in a capture, one JSON object per line.

usage: oracle.py [--no-decode-as] [--one-pass] [--timeout SEC] [--small] CAPTURE [> out.jsonl]

Emits, in frame order, one object per
  client_hello   (TLS over TCP, TLS in QUIC, SSLv2-format hello)
  server_hello   (the same; HelloRetryRequest has "hrr": true)
  (an object with "implausible": true is tshark mistaking ciphertext for a hello: ignore it)
  alert          (in the clear only; decryption secrets inside the capture are discarded first)
and one closing object {"kind":"summary", ...}.

All code points are decimal ints, in wire order.  `frame` is the frame in which tshark
completes the message after TCP reassembly; `segments` lists the frames whose TCP payload made up
the last reassembled PDU of that frame (when more than one); `record_fragments` the frames of the
TLS records a split handshake message came in; `ts` is the time of `frame`.

tshark runs two-pass (-2), with TCP desegmentation, out-of-order reassembly, IP defragmentation,
and the tls_tcp heuristic.  Flows in which some TCP segment begins with a TLS/SSLv2 ClientHello but
which tshark gave to another dissector (RDP's TPKT, HTTP on 80/8080) or to none (its heuristic
ignores SSLv2 hellos) are found by a pass over tcp.payload and, when the plain run shows no
ClientHello in that stream, the capture is read again with "-d tcp.port==N,tls"; what only that
second run sees is marked "decode_as": true.  Streams that still show none are read a third time
without TCP desegmentation ("no_reassembly": true); those left over are listed in the summary as
streams_with_incomplete_client_hello (the ClientHello is truncated or has a hole: tshark gives up).

--small: hellos alone, and of them only what tests/compare.py reads (pcaps/tshark is in this form).
"""
import sys, os, re, json, subprocess, tempfile, struct, threading, io
import xml.etree.ElementTree as ET

TSHARK=os.environ.get('TSHARK','tshark')
PREFS=['-o','tcp.desegment_tcp_streams:TRUE','-o','tls.desegment_ssl_records:TRUE',
       '-o','tls.desegment_ssl_application_data:TRUE','-o','tcp.reassemble_out_of_order:TRUE',
       '-o','ip.defragment:TRUE','-o','ipv6.defragment:TRUE','-o','tls.keylog_file:',
       '--enable-heuristic','tls_tcp']
YF=('tls.handshake.type==1 || tls.handshake.type==2 || tls.handshake.type==6 || '
    'tls.alert_message.level || (tls.record.version==2 && tls.handshake.type==4)')
HRR_RANDOM='cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'
ENV=dict(os.environ,LC_ALL='C.UTF-8',TZ='UTC',HOME=os.environ.get('HOME','/root'))

class Timeout(Exception): pass

def spawn(args,timeout):
    p=subprocess.Popen(args,stdout=subprocess.PIPE,stderr=subprocess.PIPE,stdin=subprocess.DEVNULL,env=ENV)
    err=[]
    te=threading.Thread(target=lambda: err.append(p.stderr.read()),daemon=True); te.start()
    st={'to':False}
    def kill():
        st['to']=True
        try: p.kill()
        except Exception: pass
    t=threading.Timer(timeout,kill); t.daemon=True; t.start()
    def done():
        t.cancel(); p.wait(); te.join(5)
        e=(err[0] if err else b'').decode('utf8','replace')
        e='\n'.join(l for l in e.splitlines() if 'Running as user' not in l and l.strip())
        return st['to'],p.returncode,e
    return p,done

BAD=bytes(c for c in range(32) if c not in (9,10,13))
TR=bytes.maketrans(BAD,b'?'*len(BAD))
class Clean(io.RawIOBase):
    """PDML bytes with characters XML 1.0 forbids replaced."""
    def __init__(self,f): self.f=f; self.tail=b''
    def read(self,n=65536):
        b=self.f.read(n)
        b=b.translate(TR)
        b=self.tail+b; self.tail=b''
        if not b: return b
        # keep an incomplete utf-8 tail for the next read
        for k in (1,2,3):
            if len(b)>=k and b[-k]>=0xC0 and len(b)>k:
                need=2 if b[-k]<0xE0 else 3 if b[-k]<0xF0 else 4
                if need>k: self.tail=b[-k:]; b=b[:-k]
                break
        s=b.decode('utf8','replace')
        s=re.sub('[\ufffe\uffff\ud800-\udfff]','?',s)
        return s.encode('utf8')

def has_dsb(path):
    """True when a pcapng holds a Decryption Secrets Block (scan of block headers)."""
    try:
        with open(path,'rb') as f:
            h=f.read(12)
            if h[:4]!=b'\x0a\x0d\x0d\x0a': return False
            end='<' if h[8:12]==b'\x4d\x3c\x2b\x1a' else '>'
            pos=0; size=os.path.getsize(path)
            while pos+12<=size:
                f.seek(pos); t,l=struct.unpack(end+'II',f.read(8))
                if t==0x0a0d0d0a:
                    f.seek(pos+8); end='<' if f.read(4)==b'\x4d\x3c\x2b\x1a' else '>'
                    f.seek(pos); t,l=struct.unpack(end+'II',f.read(8))
                if t==0x0A: return True
                if l<12 or l%4: break
                pos+=l
    except Exception: pass
    return False

def looks_client_hello(b):
    """first bytes of a flow: 'tls' / 'sslv2' / None"""
    if len(b)>=6 and b[0]==0x16 and b[1]==3 and b[2]<=4 and b[5]==1: return 'tls'
    if len(b)>=11 and b[0]&0x80 and b[2]==1:
        ver=(b[3]<<8)|b[4]; cs=(b[5]<<8)|b[6]; sid=(b[7]<<8)|b[8]; ch=(b[9]<<8)|b[10]
        ln=((b[0]&0x7f)<<8)|b[1]
        if ver in (2,0x300,0x301,0x302,0x303,0x304) and cs and cs%3==0 and sid in (0,16,32) and 16<=ch<=32 and ln==9+cs+sid+ch: return 'sslv2'
    return None

def scan_ports(path,timeout):
    """{destination port: [tcp.stream,...]} of flows in which some TCP segment begins with a
    ClientHello (not only the first: RDP, SOCKS, STARTTLS and CONNECT put bytes before it)."""
    p,done=spawn([TSHARK,'-n','-r',path]+PREFS+['-Y','tcp.payload','-T','fields','-E','occurrence=l','-e','tcp.stream','-e','tcp.dstport','-e','tcp.payload'],timeout)
    hits={}
    for l in p.stdout:
        a=l.rstrip(b'\n').split(b'\t')
        if len(a)<3 or not a[0] or not a[2]: continue
        if a[2][:4]!=b'1603' and a[2][:1] not in b'89abcdef': continue
        try: b=bytes.fromhex(a[2][:64].decode())
        except ValueError: continue
        if looks_client_hello(b):
            st=hits.setdefault(int(a[1]),[]); s=int(a[0])
            if s not in st: st.append(s)
    to,rc,e=done()
    return hits,to

def val(f):
    v=f.get('value')
    if v: return v
    s=f.get('show') or ''
    return s.replace(':','')
def num(f):
    s=f.get('show') or ''
    try: return int(s,0)
    except ValueError: pass
    v=f.get('value') or ''
    try: return int(v,16)
    except ValueError: return None
def text(f):
    v=f.get('value')
    if v:
        try: return bytes.fromhex(v).decode('ascii','backslashreplace')
        except ValueError: pass
    return f.get('show') or ''

def parse_hello(h):
    """h: a tls.handshake element (or SSLv2 tls.record). returns dict."""
    d={}; ext=[]; cur=None; ci=[]; sv=[]; sni=[]; alpn=[]; gr=[]; pf=[]; sa=[]; sac=[]; comp=[]; ks=[]; spec=[]
    for f in h.iter('field'):
        n=f.get('name') or ''
        if not n.startswith('tls.handshake'): continue
        n=n[13:]
        if n=='.type':
            d.setdefault('type',num(f))
        elif n=='.length': d.setdefault('length',num(f))
        elif n=='.version': d.setdefault('version',num(f))
        elif n=='.random': d.setdefault('random',val(f))
        elif n=='.session_id': d.setdefault('session_id',val(f))
        elif n=='.ciphersuite': ci.append(num(f))
        elif n=='.cipherspec': spec.append(num(f))
        elif n=='.comp_method': comp.append(num(f))
        elif n=='.extension.type': cur=num(f); ext.append(cur)
        elif n=='.extensions.supported_version': sv.append(num(f))
        elif n=='.extensions_server_name': sni.append(text(f))
        elif n=='.extensions_alpn_str': alpn.append(text(f))
        elif n=='.extensions_supported_group': gr.append(num(f))
        elif n=='.extensions_ec_point_format': pf.append(num(f))
        elif n=='.sig_hash_alg':
            if cur==50: sac.append(num(f))
            elif cur==13 or cur is None: sa.append(num(f))
        elif n in ('.extensions_key_share_group','.extensions_key_share_selected_group'): ks.append(num(f))
        elif n in ('.ja3','.ja3_full','.ja3s','.ja3s_full'): d.setdefault(n[1:],f.get('show'))
        elif n=='.challenge': d.setdefault('challenge',val(f))
    d.update(_ci=ci,_spec=spec,_sv=sv,_sni=sni,_alpn=alpn,_gr=gr,_pf=pf,_sa=sa,_sac=sac,_comp=comp,_ks=ks,_ext=ext)
    return d

def plausible(version,length):
    """False for encrypted bytes tshark took for a hello in a mid-stream capture"""
    if version is None: return True
    ok=version in (2,0x300,0x301,0x302,0x303,0x304) or version>>8 in (0x7f,0x7e,0xfb)
    return ok and (length is None or length>=38)

def emit_hello(d,base):
    t=d.get('type')
    o=dict(base)
    if t==1:
        o['kind']='client_hello'
    else:
        o['kind']='server_hello'
    o['handshake_version']=d.get('version')
    if not plausible(d.get('version'),d.get('length')): o['implausible']=True
    o['length']=d.get('length')
    o['random']=d.get('random'); o['session_id']=d.get('session_id') or ''
    o['extensions']=d['_ext']
    if t==1:
        o['ciphers']=d['_ci']; o['compression']=d['_comp']
        o['supported_versions']=d['_sv']
        o['sni']=d['_sni'][0] if d['_sni'] else None
        if len(d['_sni'])>1: o['sni_all']=d['_sni']
        o['alpn']=d['_alpn']; o['groups']=d['_gr']; o['ec_point_formats']=d['_pf']
        o['sig_algs']=d['_sa']
        if d['_sac']: o['sig_algs_cert']=d['_sac']
        o['key_share_groups']=d['_ks']
        o['fallback_scsv']=0x5600 in d['_ci']
        o['reneg_scsv']=0x00ff in d['_ci']
        o['ja3']=d.get('ja3'); o['ja3_full']=d.get('ja3_full')
    else:
        o['cipher']=d['_ci'][0] if d['_ci'] else None
        o['compression']=d['_comp'][0] if d['_comp'] else None
        o['selected_version']=d['_sv'][0] if d['_sv'] else None
        o['alpn']=d['_alpn']; o['key_share_group']=d['_ks'][0] if d['_ks'] else None
        r=d.get('random') or ''
        o['hrr']=(t==6) or r==HRR_RANDOM
        o['downgrade_sentinel']={'444f574e47524401':'tls12','444f574e47524400':'tls11'}.get(r[-16:])
        o['ja3s']=d.get('ja3s'); o['ja3s_full']=d.get('ja3s_full')
    return o

def children(e,name): return [f for f in e if f.get('name')==name]

def packet(pkt):
    """yield objects for one PDML packet"""
    frame=None; ts=None; protos=None
    l3=(None,None); l4=(None,None); stream=None; l4n=None; malformed=False; segs=None
    res=[]
    for e in pkt:
        n=e.get('name')
        if n=='frame':
            for f in e.iter('field'):
                fn=f.get('name')
                if fn=='frame.number': frame=int(f.get('show'))
                elif fn=='frame.time_epoch': ts=f.get('show')
                elif fn=='frame.protocols': protos=f.get('show')
    if ts is None:
        for e in pkt:
            if e.get('name')=='geninfo':
                for f in e:
                    if f.get('name')=='timestamp': ts=f.get('value')
    malformed=any((x.get('name') or '').startswith('_ws.malformed') for x in pkt.iter())
    def walk(e,under):
        nonlocal l3,l4,stream,l4n,segs
        n=e.get('name') or ''
        tag=e.tag
        if tag=='proto' or n in ('ip','ipv6','tcp','udp','quic','tls','dtls','http','socks'):
            if n in ('ip','ipv6'):
                s=d=None
                for f in e.iter('field'):
                    fn=f.get('name')
                    if fn==n+'.src' and s is None: s=f.get('show')
                    elif fn==n+'.dst' and d is None: d=f.get('show')
                if s: l3=(s,d)
            elif n in ('tcp','udp'):
                s=d=st=None; sg=[]
                for f in e.iter('field'):
                    fn=f.get('name')
                    if fn==n+'.srcport' and s is None: s=int(f.get('show'))
                    elif fn==n+'.dstport' and d is None: d=int(f.get('show'))
                    elif fn==n+'.stream' and st is None: st=int(f.get('show'))
                    elif fn=='tcp.segment': sg.append(int(f.get('show')))
                l4=(s,d); stream=st; l4n=n; segs=sg
            elif n=='fake-field-wrapper':
                pass
        if n=='tcp.segments':
            sg=[int(f.get('show')) for f in e.iter('field') if f.get('name')=='tcp.segment']
            if sg: segs=sg
        u=under|{n} if n in ('quic','dtls','http','socks','tls') else under
        if n=='tls.record': record(e,u); return
        if n=='tls.handshake': hs(e,u,None,None); return
        for c in e: walk(c,u)
    def base(u):
        b={'frame':frame,'ts':ts,'transport':'quic' if 'quic' in u else 'dtls' if 'dtls' in u else (l4n or 'other'),
           'stream':stream,'src':l3[0],'sport':l4[0],'dst':l3[1],'dport':l4[1],'protocols':protos}
        if segs and len(segs)>1 and b['transport']=='tcp': b['segments']=list(segs)
        if malformed: b['malformed']=True
        return b
    def hs(h,u,rv,ct,frs=None):
        d=parse_hello(h)
        if d.get('type') in (1,2,6) and (d.get('version') is not None or d.get('type')==6):
            b=base(u); b['record_version']=rv
            o=emit_hello(d,b)
            if frs: o['record_fragments']=frs   # frames of the TLS records the message was split over
            res.append(o)
    def record(r,u):
        rv=None; ct=None
        for f in r:
            fn=f.get('name')
            if fn=='tls.record.version': rv=num(f)
            elif fn=='tls.record.content_type': ct=num(f)
        if rv==2 or (ct is None and any(f.get('name')=='tls.handshake.challenge_length' for f in r)):
            d=parse_hello(r)
            if d.get('type')==1:
                b=base(u); o=dict(b); o.update(kind='client_hello',sslv2=True,record_version=2,handshake_version=d.get('version'),
                    ciphers=d['_spec'],extensions=[],supported_versions=[],sni=None,alpn=[],groups=[],ec_point_formats=[],sig_algs=[],
                    fallback_scsv=0x5600 in d['_spec'],reneg_scsv=0x00ff in d['_spec'],ja3=None,random=None,challenge=d.get('challenge'))
                res.append(o)
            elif d.get('type')==4:
                b=base(u); o=dict(b); o.update(kind='server_hello',sslv2=True,record_version=2,handshake_version=d.get('version'),
                    cipher=None,ciphers=d['_spec'],extensions=[],selected_version=None,hrr=False,ja3s=None,random=None)
                res.append(o)
            return
        frs=None
        for f in r:
            fn=f.get('name')
            if fn=='tls.handshake.fragments':
                frs=[int(x.get('show')) for x in f.iter('field') if x.get('name')=='tls.handshake.fragment']
            elif fn=='tls.handshake':
                typed=any(x.get('name')=='tls.handshake.type' for x in f)
                hs(f,u,rv,ct,frs if typed else None)
                if typed: frs=None
            elif fn=='tls.alert_message':
                lv=ds=None
                for x in f.iter('field'):
                    if x.get('name')=='tls.alert_message.level': lv=num(x)
                    elif x.get('name')=='tls.alert_message.desc': ds=num(x)
                if lv is not None:
                    b=base(u); b.update(kind='alert',record_version=rv,level=lv,description=ds); res.append(b)
            else:
                # a message completed by record reassembly hangs below another tree
                for x in f.iter('field'):
                    if x.get('name')=='tls.handshake' and x is not f: hs(x,u,rv,ct)
    for e in pkt: walk(e,frozenset())
    return res

def run(path,extra,timeout,onepass=False):
    out=[]
    args=[TSHARK,'-n']+([] if onepass else ['-2'])+['-r',path]+PREFS+extra+['-Y',YF,'-T','pdml']
    p,done=spawn(args,timeout); perr=None
    try:
        for ev,el in ET.iterparse(Clean(p.stdout),events=('end',)):
            if el.tag=='packet':
                out.extend(packet(el)); el.clear()
    except ET.ParseError as x:
        perr=str(x)
    if perr:
        try: p.kill()
        except Exception: pass
    to,rc,e=done()
    return out,{'timeout':to,'rc':rc,'stderr':e[-300:],'xml_error':perr}

def ident(o):
    return (o['frame'],o['kind'],o.get('random') or o.get('challenge') or '',o.get('level'),o.get('description'),o.get('sport'))

def oracle(path,timeout=60,decode_as=True,onepass=False,ports=None):
    tmp=None; use=path
    dsb=has_dsb(path)
    if dsb:
        fd,tmp=tempfile.mkstemp(suffix='.pcapng'); os.close(fd)
        r=subprocess.run(['editcap','--discard-all-secrets',path,tmp],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL,timeout=timeout)
        if r.returncode==0: use=tmp
    try:
        out,st=run(use,[],timeout,onepass)
        extra_ports=[]
        if decode_as:
            if ports is None: ports,_=scan_ports(use,timeout)
            got={o['stream'] for o in out if o['kind']=='client_hello' and o['transport']=='tcp'}
            extra_ports=sorted(p for p,s in ports.items() if any(x not in got for x in s))[:40]
            if extra_ports:
                ex=[]
                for p_ in extra_ports: ex+=['-d',f'tcp.port=={p_},tls']
                o2,st2=run(use,ex,timeout,onepass)
                seen={ident(o) for o in out}
                for o in o2:
                    if ident(o) not in seen: o['decode_as']=True; out.append(o)
                out.sort(key=lambda o:o['frame'])
                if st2['timeout'] or st2['xml_error']: st['second_run']=st2
        seg_only=[]
        if decode_as:
            got={o['stream'] for o in out if o['kind']=='client_hello' and o['transport']=='tcp'}
            want={x for s in ports.values() for x in s}-got
            if want:
                # tshark's reassembly choked (bogus 2-byte ACK payloads, holes): dissect segment by segment
                ex=['-o','tcp.desegment_tcp_streams:FALSE','-o','tcp.reassemble_out_of_order:FALSE','-o','tcp.no_subdissector_on_error:FALSE']
                for p_ in extra_ports: ex+=['-d',f'tcp.port=={p_},tls']
                o3,_=run(use,ex,timeout,onepass)
                have={x['stream'] for x in o3 if x['kind']=='client_hello' and not x.get('malformed')}&want
                # one copy only: without reassembly tshark shows retransmissions again
                key=lambda o:(o['stream'],o['kind'],o.get('random') or o.get('challenge') or '',o.get('level'),o.get('description'),o['sport'])
                seen={key(o) for o in out}
                for o in o3:
                    if o['transport']=='tcp' and o['stream'] in have and key(o) not in seen:
                        seen.add(key(o)); o['no_reassembly']=True; out.append(o)
                seg_only=sorted(have)
                out.sort(key=lambda o:o['frame'])
            missed=sorted(want-set(seg_only))
        else: missed=[]
        ch=sum(o['kind']=='client_hello' for o in out); sh=sum(o['kind']=='server_hello' for o in out)
        out.append({'kind':'summary','client_hello':ch,'server_hello':sh,'alerts':sum(o['kind']=='alert' for o in out),
                    'secrets_discarded':dsb,'decode_as_ports':extra_ports,
                    'streams_without_reassembly':seg_only,'streams_with_incomplete_client_hello':missed,**{k:v for k,v in st.items() if v}})
        return out
    finally:
        if tmp: os.unlink(tmp)

ALWAYS={'frame','kind','src','sport','dst','dport','handshake_version','ciphers','cipher','extensions'}
IF_SET={'hrr','implausible','ja3','ja3s','malformed','selected_version','sni','sslv2','supported_versions','groups'}

def small(o):
    """What tests/compare.py reads of a hello; None for what it does not read at all."""
    if o['kind'] not in ('client_hello','server_hello'): return None
    s={k:v for k,v in o.items() if k in ALWAYS or (k in IF_SET and v)}
    if o['transport']!='tcp': s['transport']=o['transport']
    return s

if __name__=='__main__':
    import argparse
    a=argparse.ArgumentParser(); a.add_argument('capture'); a.add_argument('--timeout',type=float,default=60)
    a.add_argument('--no-decode-as',action='store_true'); a.add_argument('--one-pass',action='store_true'); a.add_argument('--small',action='store_true')
    n=a.parse_args()
    for o in oracle(n.capture,n.timeout,not n.no_decode_as,n.one_pass):
        if n.small: o=small(o)
        if o: sys.stdout.write(json.dumps(o,separators=(',',':') if n.small else None)+'\n')
