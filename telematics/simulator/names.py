"""Chinese street names with their English forms; invented for a district that does not exist."""

from collections.abc import Iterator

_WORDS = (
    ("桂花", "Guihua"), ("梧桐", "Wutong"), ("银杏", "Yinxing"), ("春晖", "Chunhui"), ("望江", "Wangjiang"),
    ("竹园", "Zhuyuan"), ("凤凰", "Fenghuang"), ("平安", "Ping'an"), ("清风", "Qingfeng"), ("锦绣", "Jinxiu"),
    ("育才", "Yucai"), ("杏林", "Xinglin"), ("临江", "Linjiang"), ("南园", "Nanyuan"), ("朝阳", "Chaoyang"),
    ("紫藤", "Ziteng"), ("玉兰", "Yulan"), ("松鹤", "Songhe"), ("兴业", "Xingye"), ("广济", "Guangji"),
    ("柳荫", "Liuyin"), ("太平", "Taiping"), ("崇文", "Chongwen"), ("白鹭", "Bailu"), ("丹桂", "Dangui"),
    ("云锦", "Yunjin"), ("书香", "Shuxiang"), ("石榴", "Shiliu"), ("长乐", "Changle"), ("永宁", "Yongning"),
    ("采莲", "Cailian"), ("望月", "Wangyue"), ("丰收", "Fengshou"), ("绣衣", "Xiuyi"), ("观澜", "Guanlan"),
    ("塔影", "Taying"), ("浣纱", "Huansha"), ("枫桥", "Fengqiao"), ("香樟", "Xiangzhang"), ("安康", "Ankang"),
    ("花溪", "Huaxi"), ("双塔", "Shuangta"), ("德政", "Dezheng"), ("水仙", "Shuixian"), ("芦荡", "Ludang"),
    ("渔港", "Yugang"), ("牡丹", "Mudan"), ("思源", "Siyuan"), ("庆云", "Qingyun"), ("海棠", "Haitang"),
    ("明德", "Mingde"), ("百花", "Baihua"), ("启航", "Qihang"), ("乐山", "Leshan"), ("听雨", "Tingyu"),
    ("东篱", "Dongli"), ("闻莺", "Wenying"), ("里仁", "Liren"), ("通济", "Tongji"), ("秀水", "Xiushui"),
)  # fmt: skip
_KINDS = (("路", "Road"), ("街", "Street"), ("巷", "Lane"), ("弄", "Alley"))


def street_names() -> Iterator[tuple[str, str]]:
    """Names in Chinese and English, each once: 240 of them."""
    for kind_zh, kind_en in _KINDS:
        for word_zh, word_en in _WORDS:
            yield word_zh + kind_zh, f"{word_en} {kind_en}"
